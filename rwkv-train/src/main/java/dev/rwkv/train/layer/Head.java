package dev.rwkv.train.layer;

import dev.rwkv.train.Parameters;
import dev.rwkv.vector.kernel.CrossEntropyKernel;
import java.util.Arrays;

/** From the residual stream to the loss: head · ln_out(x), softmax, cross entropy. */
public final class Head {
  /** What L2Wrap multiplies the largest logit with, before B·T divides it (RWKV-LM). */
  private static final double L2_WRAP = 1e-4;

  private final Workspace workspace;
  private final Norm norm;
  private final Linear head;
  private final Rows normed;
  private final Rows logits;
  private double[] losses = new double[0];

  /** Of the model. */
  public Head(Workspace workspace) {
    this.workspace = workspace;
    int vocabulary = workspace.config().vocabulary();
    this.norm = new Norm(workspace, "ln_out");
    this.head = new Linear(workspace, "head.weight", vocabulary, workspace.config().width());
    this.normed = workspace.rows(workspace.config().width());
    this.logits = workspace.rows(vocabulary);
  }

  /** Takes the weights of a step. */
  public void take(Parameters weights, boolean alsoBackward) {
    norm.take(weights);
    head.take(weights, alsoBackward);
  }

  /**
   * The mean cross entropy; leaves its derivatives by the logits for {@link #backward}.
   *
   * @return nats per token
   */
  public double forward(Rows x, int[] targets, boolean l2Wrap) {
    norm.forward(x, normed);
    head.forward(normed, logits);
    if (losses.length < workspace.count()) {
      losses = new double[workspace.count()];
    }
    workspace.eachBlock((block, from, to) -> {
      float[] partial = new float[16];
      for (int row = from; row < to; row++) {
        losses[row] = crossEntropy(row, targets[row], l2Wrap, partial);
      }
    });
    double sum = 0;
    for (int row = 0; row < workspace.count(); row++) {
      sum += losses[row];
    }
    return sum / workspace.count();
  }

  // −log softmax of the target; the logits become their derivatives.
  private double crossEntropy(int row, int target, boolean l2Wrap, float[] partial) {
    CrossEntropyKernel kernel = workspace.gradientKernels().crossEntropy();
    float[] z = logits.values();
    int at = logits.at(row);
    int count = logits.stride();
    Arrays.fill(z, at + logits.width(), at + count, Float.NEGATIVE_INFINITY);
    float largest = kernel.shift(z, at, count);
    int argmax = l2Wrap ? indexOfZero(z, at) : -1;
    double own = z[at + target];
    workspace.kernels().exponential().fall(z, at, count);
    double sum = kernel.sum(z, at, count, partial);
    kernel.scale(z, at, count, (float) (1 / (sum * workspace.count())));
    z[at + target] -= (float) (1.0 / workspace.count());
    if (argmax >= 0) {
      z[at + argmax] += (float) (L2_WRAP / workspace.count() * largest);
    }
    return Math.log(sum) - own;
  }

  // The first of the largest logits, as an arg-max is defined; −1 when there is none (NaN).
  private int indexOfZero(float[] z, int at) {
    for (int i = 0; i < logits.width(); i++) {
      if (z[at + i] == 0) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Back to the residual stream.
   *
   * @param dx receives the derivatives by x
   */
  public void backward(Rows x, Rows dx, Scratch scratch, Parameters gradients) {
    head.gradient(logits, normed, gradients);
    head.backward(logits, scratch.branch);
    workspace.eachRow(dx::clearRow);
    norm.backward(x, scratch.branch, dx, gradients);
  }
}

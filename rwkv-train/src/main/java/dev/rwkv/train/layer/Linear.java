package dev.rwkv.train.layer;

import dev.rwkv.train.Parameters;

/** A matrix that multiplies every row: y = W·x, W [outs, ins]. */
final class Linear {
  private final Workspace workspace;
  private final String name;
  private final int outs;
  private final int ins;
  private final Strips forward;
  private final Strips backward;

  Linear(Workspace workspace, String name, int outs, int ins) {
    this.workspace = workspace;
    this.name = name;
    this.outs = outs;
    this.ins = ins;
    this.forward = new Strips(workspace.kernels());
    this.backward = new Strips(workspace.kernels());
  }

  /** Takes the weights; the way back is prepared only when it is wanted. */
  void take(Parameters weights, boolean alsoBackward) {
    float[] matrix = weights.values(name);
    workspace.products().packTransposed(matrix, outs, ins, forward);
    if (alsoBackward) {
      workspace.products().pack(matrix, ins, ins, outs, backward);
    }
  }

  /** y = W·x. */
  void forward(Rows x, Rows y) {
    workspace
        .products()
        .multiply(x.values(), x.stride(), workspace.count(), forward, y.values(), y.stride());
  }

  /** dx = Wᵀ·dy. */
  void backward(Rows dy, Rows dx) {
    workspace
        .products()
        .multiply(dy.values(), dy.stride(), workspace.count(), backward, dx.values(), dx.stride());
  }

  /** dW = dyᵀ·x. */
  void gradient(Rows dy, Rows x, Parameters gradients) {
    workspace.products().weights(dy, x, workspace.count(), gradients.values(name));
  }
}

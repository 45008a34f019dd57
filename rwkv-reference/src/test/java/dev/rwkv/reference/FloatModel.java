package dev.rwkv.reference;

import dev.rwkv.Fingerprint;
import dev.rwkv.State;
import dev.rwkv.StateLayout;
import dev.rwkv.checkpoint.architecture.Rwkv4;
import dev.rwkv.checkpoint.architecture.Rwkv4Weights;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.TensorView;

/** A whole RWKV-4 in single precision, in the recurrent form: the candidate that is judged. */
final class FloatModel {
  private final Rwkv4Weights weights;
  private final StateLayout layout;
  private final Fingerprint fingerprint;

  FloatModel(Checkpoint checkpoint) {
    weights = Rwkv4Weights.of(checkpoint);
    layout = Rwkv4.INSTANCE.stateLayout(weights.config());
    fingerprint = checkpoint.fingerprint();
  }

  record Step(float[] logits, State after) {}

  State initial() {
    return State.initial(layout, fingerprint, DType.F32);
  }

  Step step(State before, int token, FloatDot order) {
    FloatEquations f = new FloatEquations(order);
    int width = weights.config().width();
    double[] after = new double[(int) layout.elements()];
    float[] x = new float[width];
    weights.embedding().copyTo((long) token * width, x, 0, width);
    x = norm(f, weights.embeddingNorm(), x);
    for (int layer = 0; layer < weights.layers().size(); layer++) {
      Rwkv4Weights.Layer block = weights.layers().get(layer);
      float[] input = norm(f, block.timeMixNorm(), x);
      float[] shift = get(before, layer, "att.shift");
      float[] a = get(before, layer, "att.numerator");
      float[] b = get(before, layer, "att.denominator");
      float[] p = get(before, layer, "att.exponent");
      Rwkv4Weights.TimeMix mix = block.timeMix();
      float[] r = project(f, mix.receptance(), mix.mixReceptance(), input, shift);
      float[] k = project(f, mix.key(), mix.mixKey(), input, shift);
      float[] v = project(f, mix.value(), mix.mixValue(), input, shift);
      float[] w = FloatEquations.narrowed(mix.decay());
      float[] wkv = f.wkv(w, mix.bonus().toFloats(), a, b, p, k, v);
      x = f.add(x, f.multiply(rows(mix.output(), width), f.gate(r, wkv)));
      put(after, layer, "att.shift", input);
      put(after, layer, "att.numerator", a);
      put(after, layer, "att.denominator", b);
      put(after, layer, "att.exponent", p);

      input = norm(f, block.channelMixNorm(), x);
      shift = get(before, layer, "ffn.shift");
      Rwkv4Weights.ChannelMix channel = block.channelMix();
      r = project(f, channel.receptance(), channel.mixReceptance(), input, shift);
      k = f.squaredRelu(project(f, channel.key(), channel.mixKey(), input, shift));
      x = f.add(x, f.gate(r, f.multiply(rows(channel.value(), k.length), k)));
      put(after, layer, "ffn.shift", input);
    }
    float[] logits = f.multiply(rows(weights.head(), width), norm(f, weights.outputNorm(), x));
    return new Step(logits, State.ofValues(layout, fingerprint, DType.F32, after));
  }

  private float[] norm(FloatEquations f, Rwkv4Weights.Norm norm, float[] x) {
    float epsilon = (float) weights.config().layerNormEpsilon();
    return f.layerNorm(norm.weight().toFloats(), norm.bias().toFloats(), epsilon, x);
  }

  private static float[] project(
      FloatEquations f, TensorView matrix, TensorView mix, float[] x, float[] previous) {
    return f.multiply(rows(matrix, x.length), f.tokenShift(mix.toFloats(), x, previous));
  }

  private static float[][] rows(TensorView matrix, int columns) {
    float[][] rows = new float[(int) (matrix.shape().elements() / columns)][columns];
    for (int r = 0; r < rows.length; r++) {
      matrix.copyTo((long) r * columns, rows[r], 0, columns);
    }
    return rows;
  }

  private static float[] get(State state, int layer, String component) {
    return state.component("blocks." + layer + "." + component).toFloats();
  }

  private void put(double[] state, int layer, String component, float[] values) {
    int offset = (int) layout.offset("blocks." + layer + "." + component);
    System.arraycopy(FloatEquations.widened(values), 0, state, offset, values.length);
  }
}

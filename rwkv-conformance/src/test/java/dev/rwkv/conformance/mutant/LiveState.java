package dev.rwkv.conformance.mutant;

import dev.rwkv.Fingerprint;
import dev.rwkv.State;
import dev.rwkv.StateLayout;
import dev.rwkv.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** What a session remembers, as f32 arrays that are changed in place. */
final class LiveState {
  /** One layer, each array [C]. */
  static final class Layer {
    float[] timeMixShift = {};
    float[] numerator = {};
    float[] denominator = {};
    float[] exponent = {};
    float[] channelMixShift = {};
  }

  final List<Layer> layers = new ArrayList<>();

  /** The live form of a state. */
  static LiveState of(State state, int layers) {
    LiveState live = new LiveState();
    for (int i = 0; i < layers; i++) {
      String block = "blocks." + i + ".";
      Layer layer = new Layer();
      layer.timeMixShift = state.component(block + "att.shift").toFloats();
      layer.numerator = state.component(block + "att.numerator").toFloats();
      layer.denominator = state.component(block + "att.denominator").toFloats();
      layer.exponent = state.component(block + "att.exponent").toFloats();
      layer.channelMixShift = state.component(block + "ffn.shift").toFloats();
      live.layers.add(layer);
    }
    return live;
  }

  /** A copy of everything. */
  LiveState copy() {
    LiveState copy = new LiveState();
    for (Layer layer : layers) {
      Layer other = new Layer();
      other.timeMixShift = layer.timeMixShift.clone();
      other.numerator = layer.numerator.clone();
      other.denominator = layer.denominator.clone();
      other.exponent = layer.exponent.clone();
      other.channelMixShift = layer.channelMixShift.clone();
      copy.layers.add(other);
    }
    return copy;
  }

  /** Its size as f32. */
  long bytes() {
    return 4L * 5 * layers.size() * layers.getFirst().numerator.length;
  }

  /** The value of a live state. */
  State export(StateLayout layout, Fingerprint fingerprint) {
    double[] values = new double[(int) layout.elements()];
    for (int i = 0; i < layers.size(); i++) {
      String block = "blocks." + i + ".";
      Layer layer = layers.get(i);
      put(values, layout, block + "att.shift", layer.timeMixShift);
      put(values, layout, block + "att.numerator", layer.numerator);
      put(values, layout, block + "att.denominator", layer.denominator);
      put(values, layout, block + "att.exponent", layer.exponent);
      put(values, layout, block + "ffn.shift", layer.channelMixShift);
    }
    return State.ofValues(layout, fingerprint, DType.F32, values);
  }

  private static void put(double[] values, StateLayout layout, String name, float[] part) {
    int offset = (int) layout.offset(name);
    for (int i = 0; i < part.length; i++) {
      values[offset + i] = part[i];
    }
  }
}

package dev.rwkv.reference;

import dev.rwkv.State;
import dev.rwkv.StateLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns the canonical state of RWKV-4 into the equations' and back, by the components' names. */
final class LayerStates {
  static final String TIME_MIX_SHIFT = "att.shift";
  static final String NUMERATOR = "att.numerator";
  static final String DENOMINATOR = "att.denominator";
  static final String EXPONENT = "att.exponent";
  static final String CHANNEL_MIX_SHIFT = "ffn.shift";

  private LayerStates() {}

  /** The component of a layer, by its name in {@link StateLayout}. */
  static String name(int layer, String component) {
    return "blocks." + layer + "." + component;
  }

  /** The state of every layer; the candidate has it exactly, for it is what it was given. */
  static List<LayerState> of(State state, int layers) {
    List<LayerState> all = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      all.add(
          new LayerState(
              vector(state, layer, TIME_MIX_SHIFT),
              new WkvState(
                  vector(state, layer, NUMERATOR),
                  vector(state, layer, DENOMINATOR),
                  vector(state, layer, EXPONENT)),
              vector(state, layer, CHANNEL_MIX_SHIFT)));
    }
    return all;
  }

  private static Bounded vector(State state, int layer, String component) {
    return Bounded.exact(state.component(name(layer, component)).toDoubles());
  }

  /** Every component by its name. */
  static Map<String, Bounded> components(List<LayerState> layers) {
    Map<String, Bounded> components = new LinkedHashMap<>();
    for (int layer = 0; layer < layers.size(); layer++) {
      LayerState state = layers.get(layer);
      components.put(name(layer, TIME_MIX_SHIFT), state.timeMixShift());
      components.put(name(layer, NUMERATOR), state.wkv().a());
      components.put(name(layer, DENOMINATOR), state.wkv().b());
      components.put(name(layer, EXPONENT), state.wkv().p());
      components.put(name(layer, CHANNEL_MIX_SHIFT), state.channelMixShift());
    }
    return components;
  }

  /** All values in the layout's order. */
  static double[] values(List<LayerState> layers, StateLayout layout) {
    double[] values = new double[Math.toIntExact(layout.elements())];
    components(layers)
        .forEach((name, vector) ->
            System.arraycopy(
                vector.values(), 0, values, (int) layout.offset(name), vector.length()));
    return values;
  }
}

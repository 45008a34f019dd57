package dev.rwkv.conformance.mutant;

import dev.rwkv.Fingerprint;
import dev.rwkv.State;
import dev.rwkv.StateLayout;
import java.util.Arrays;
import java.util.List;

/** A layout of its own. */
@Breaks(value = "RWKV-STA-004", how = "exports the components of a state in reverse order")
public final class StateInAnotherOrder extends HonestBackend {
  @Override
  protected State export(LiveState live, StateLayout layout, Fingerprint fingerprint) {
    State state = super.export(live, layout, fingerprint);
    List<StateLayout.Component> components = layout.components().reversed();
    double[] values =
        components.stream()
            .flatMapToDouble(each -> Arrays.stream(state.component(each.name()).toDoubles()))
            .toArray();
    StateLayout reversed = StateLayout.of(layout.architecture(), components);
    return State.ofValues(reversed, fingerprint, state.dtype(), values);
  }
}

package dev.rwkv.reference;

import dev.rwkv.State;
import dev.rwkv.spi.AbstractSession;
import dev.rwkv.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/** A session of the oracle: steps in the recurrent form, spans in the parallel form. */
final class ReferenceSession extends AbstractSession {
  /** Longer spans are cut, because the parallel form keeps every token and is quadratic. */
  static final int LONGEST_SPAN = 64;

  private final ReferenceModel model;
  private final MemorySegment logits;
  private List<LayerState> state;

  ReferenceSession(ReferenceModel model) {
    this(
        model,
        MemorySegment.ofArray(
            new byte[Math.toIntExact(DType.F64.bytes(model.config().vocabulary()))]));
  }

  private ReferenceSession(ReferenceModel model, MemorySegment logits) {
    super(model, DType.F64, logits);
    this.model = model;
    this.logits = logits;
    this.state = layers(State.initial(model.stateLayout(), model.fingerprint(), DType.F64));
  }

  private List<LayerState> layers(State from) {
    return LayerStates.of(from, model.config().layers());
  }

  @Override
  protected void advance(int token) {
    Network.Step step = model.network().step(token, state, List.of(), ErrorModel.NONE);
    state = step.next();
    publish(model.network().logits(step.x(), ErrorModel.NONE));
  }

  @Override
  protected void advance(int[] tokens, SpanListener listener) {
    for (int from = 0; from < tokens.length; from += LONGEST_SPAN) {
      int to = Math.min(tokens.length, from + LONGEST_SPAN);
      Network.Span span =
          model.network().span(Arrays.copyOfRange(tokens, from, to), state, ErrorModel.NONE);
      state = span.next();
      if (listener.wantsAll()) {
        Bounded[] all = model.network().logits(span.x(), ErrorModel.NONE);
        for (int t = 0; t < all.length; t++) {
          publish(all[t]);
          listener.logitsReady(from + t);
        }
      } else if (to == tokens.length) {
        publish(model.network().logits(span.x()[to - from - 1], ErrorModel.NONE));
        listener.logitsReady(to - 1);
      }
    }
  }

  private void publish(Bounded values) {
    for (int i = 0; i < values.length(); i++) {
      logits.set(State.DOUBLE, 8L * i, values.value(i));
    }
  }

  @Override
  protected State readState() {
    return State.ofValues(
        model.stateLayout(),
        model.fingerprint(),
        DType.F64,
        LayerStates.values(state, model.stateLayout()));
  }

  @Override
  protected void writeState(State from) {
    state = layers(from);
  }

  @Override
  protected void release() {
    // Everything is on the heap.
  }
}

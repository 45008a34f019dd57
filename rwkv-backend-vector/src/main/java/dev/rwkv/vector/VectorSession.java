package dev.rwkv.vector;

import dev.rwkv.State;
import dev.rwkv.StateLayout;
import dev.rwkv.spi.AbstractSession;
import dev.rwkv.tensor.DType;
import dev.rwkv.vector.plan.ForwardPass;
import java.lang.foreign.MemorySegment;

/** A text on the CPU: the state and the logits, in arrays of fixed size. */
final class VectorSession extends AbstractSession {
  // With logits after every token, a span is taken in parts whose logits fit into memory.
  private static final int ROWS_WITH_LOGITS = 32;

  private final VectorModel model;
  private final float[] state;
  private final float[] logits;
  private final int[] one = new int[1];

  private VectorSession(VectorModel model, float[] logits) {
    super(model, DType.F32, logitsSegment(model, logits));
    this.model = model;
    this.logits = logits;
    this.state = new float[model.pass().stateMemory().size(model.config().layers())];
    writeState(State.initial(model.stateLayout(), model.fingerprint(), DType.F32));
  }

  static VectorSession create(VectorModel model) {
    return new VectorSession(model, new float[model.plan().paddedVocabulary()]);
  }

  private static MemorySegment logitsSegment(VectorModel model, float[] logits) {
    return MemorySegment.ofArray(logits)
        .asSlice(0, (long) Float.BYTES * model.config().vocabulary());
  }

  float[] state() {
    return state;
  }

  float[] logitsArray() {
    return logits;
  }

  @Override
  protected void advance(int token) {
    one[0] = token;
    model.pass().span(state, one, 0, 1, logits, null);
  }

  @Override
  protected void advance(int[] tokens, SpanListener listener) {
    if (listener.wantsAll()) {
      advanceWithAllLogits(tokens, listener);
      return;
    }
    for (int from = 0; from < tokens.length; from += ForwardPass.MOST_ROWS) {
      int count = Math.min(ForwardPass.MOST_ROWS, tokens.length - from);
      boolean last = from + count == tokens.length;
      model.pass().span(state, tokens, from, count, last ? logits : null, null);
    }
  }

  // The rows belong to this call: a listener may use the model meanwhile.
  private void advanceWithAllLogits(int[] tokens, SpanListener listener) {
    int padded = logits.length;
    float[] rows = new float[Math.min(ROWS_WITH_LOGITS, tokens.length) * padded];
    for (int from = 0; from < tokens.length; from += ROWS_WITH_LOGITS) {
      int count = Math.min(ROWS_WITH_LOGITS, tokens.length - from);
      model.pass().span(state, tokens, from, count, null, rows);
      for (int i = 0; i < count; i++) {
        System.arraycopy(rows, i * padded, logits, 0, padded);
        listener.logitsReady(from + i);
      }
    }
  }

  @Override
  protected State readState() {
    StateLayout layout = model.stateLayout();
    int width = model.config().width();
    int padded = model.plan().paddedWidth();
    MemorySegment values = MemorySegment.ofArray(new byte[(int) layout.bytes(DType.F32)]);
    long at = 0;
    for (int component = 0; component < layout.components().size(); component++) {
      for (int i = 0; i < width; i++) {
        values.set(State.FLOAT, at, state[component * padded + i]);
        at += Float.BYTES;
      }
    }
    return State.copyOf(layout, model.fingerprint(), DType.F32, values);
  }

  @Override
  protected void writeState(State saved) {
    int width = model.config().width();
    int padded = model.plan().paddedWidth();
    double[] values = saved.toDoubles();
    for (int i = 0; i < values.length; i++) {
      state[i / width * padded + i % width] = (float) values[i];
    }
  }

  @Override
  protected AbstractSession copy() {
    VectorSession copy = create(model);
    System.arraycopy(state, 0, copy.state, 0, state.length);
    return copy;
  }

  @Override
  protected void release() {
    // Arrays go with the session.
  }
}

package com.example.plain;

import dev.rwkv.State;
import dev.rwkv.spi.AbstractSession;
import dev.rwkv.tensor.DType;
import java.lang.foreign.MemorySegment;

/** One text. What it remembers is one array, in the order of the model's StateLayout. */
final class PlainSession extends AbstractSession {
  private final PlainModel model;
  private final MemorySegment logits;
  private final float[] state;

  PlainSession(PlainModel model) {
    this(model, MemorySegment.ofArray(new byte[4 * model.config().vocabulary()]));
  }

  private PlainSession(PlainModel model, MemorySegment logits) {
    super(model, DType.F32, logits);
    this.model = model;
    this.logits = logits;
    this.state = new float[(int) model.stateLayout().elements()];
    writeState(State.initial(model.stateLayout(), model.fingerprint(), DType.F32));
  }

  @Override
  protected void advance(int token) {
    float[] x = model.embeddingNorm.of(model.embedding.row(token));
    for (Block block : model.blocks) {
      block.advance(x, state);
    }
    float[] y = model.head.times(model.outputNorm.of(x));
    for (int i = 0; i < y.length; i++) {
      logits.set(State.FLOAT, 4L * i, y[i]);
    }
  }

  @Override
  protected State readState() {
    double[] values = new double[state.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = state[i];
    }
    return State.ofValues(model.stateLayout(), model.fingerprint(), DType.F32, values);
  }

  @Override
  protected void writeState(State from) {
    double[] values = from.toDoubles();
    for (int i = 0; i < values.length; i++) {
      state[i] = (float) values[i];
    }
  }

  @Override
  protected void release() {
    // Everything is on the heap.
  }
}

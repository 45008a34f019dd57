package dev.rwkv.conformance.mutant;

import dev.rwkv.Device;
import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.checkpoint.architecture.Rwkv4;
import dev.rwkv.spi.AbstractModel;
import dev.rwkv.spi.AbstractSession;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.lang.foreign.MemorySegment;

/** A model and its sessions, which keep the contract and leave the arithmetic to their backend. */
final class HonestModel extends AbstractModel {
  private final HonestBackend backend;
  private final FloatWeights weights;
  private final DType precision;
  private final int threads;

  HonestModel(
      HonestBackend backend,
      Checkpoint checkpoint,
      FloatWeights weights,
      DType precision,
      LoadOptions options) {
    super(
        backend.name(),
        backend.capabilities(),
        checkpoint,
        weights.config(),
        Rwkv4.INSTANCE.stateLayout(weights.config()));
    this.backend = backend;
    this.weights = weights;
    this.precision = precision;
    this.threads = options.threads().orElse(1);
  }

  @Override
  protected AbstractSession createSession() {
    return new HonestSession(MemorySegment.ofArray(new byte[4 * config().vocabulary()]));
  }

  @Override
  protected void advance(Session[] sessions, int[] tokens) {
    for (int i = 0; i < sessions.length; i++) {
      ((HonestSession) sessions[i]).advance(tokens[i]);
    }
  }

  @Override
  protected void release() {
    // Everything is on the heap.
  }

  @Override
  public Device device() {
    return new Device(Device.Kind.CPU, "plain Java", threads);
  }

  @Override
  public DType precision() {
    return precision;
  }

  private final class HonestSession extends AbstractSession {
    private final MemorySegment logits;
    private LiveState state;

    HonestSession(MemorySegment logits) {
      super(HonestModel.this, DType.F32, logits);
      this.logits = logits;
      this.state = live(State.initial(stateLayout(), fingerprint(), DType.F32));
    }

    private LiveState live(State from) {
      return backend.live(from, config().layers());
    }

    @Override
    protected void advance(int token) {
      publish(backend.span(weights, state, new int[] {token})[0]);
    }

    @Override
    protected void advance(int[] tokens, SpanListener listener) {
      float[][] all = backend.span(weights, state, tokens);
      for (int t = 0; t < tokens.length; t++) {
        publish(all[t]);
        listener.logitsReady(t);
      }
    }

    private void publish(float[] values) {
      for (int i = 0; i < values.length; i++) {
        logits.set(State.FLOAT, 4L * i, values[i]);
      }
    }

    @Override
    protected State readState() {
      return backend.export(state, stateLayout(), fingerprint());
    }

    @Override
    protected void writeState(State from) {
      state = live(from);
    }

    @Override
    protected AbstractSession copy() {
      HonestSession copy = (HonestSession) createSession();
      copy.state = backend.fork(state);
      return copy;
    }

    @Override
    protected void release() {
      // Everything is on the heap.
    }
  }
}

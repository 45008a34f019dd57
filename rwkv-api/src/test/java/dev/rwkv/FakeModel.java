package dev.rwkv;

import dev.rwkv.spi.AbstractModel;
import dev.rwkv.spi.AbstractSession;
import dev.rwkv.spi.Capability;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A model whose state is the pair (count of tokens, a polynomial of them) and whose logit of token
 * i is state + i/8: trivial to predict, and every token matters.
 */
public final class FakeModel extends AbstractModel {
  public static final int VOCABULARY = 7;

  public static final StateLayout LAYOUT =
      StateLayout.of(
          "fake",
          List.of(
              new StateLayout.Component("count", Shape.of(1), 0),
              new StateLayout.Component("sum", Shape.of(1), 0.5)));

  private final DType logitsType;

  /** How often the model was released. */
  public final AtomicInteger released = new AtomicInteger();

  /** How often any of its sessions was released. */
  public final AtomicInteger sessionsReleased = new AtomicInteger();

  /** Runs in every step, while the session is inside. */
  public Runnable duringStep = () -> {};

  /** The token whose logit comes out as NaN when it is consumed; −1 for none. */
  public int poison = -1;

  public FakeModel(FakeCheckpoint checkpoint, DType logitsType, Set<Capability> capabilities) {
    super("fake", capabilities, checkpoint, ModelConfig.of("fake", 1, 1, 1, VOCABULARY), LAYOUT);
    this.logitsType = logitsType;
  }

  public static FakeModel of(DType logitsType, Capability... capabilities) {
    return new FakeModel(weights(), logitsType, Set.of(capabilities));
  }

  public static FakeCheckpoint weights() {
    return new FakeCheckpoint(Path.of("fake.bin"))
        .with("emb.weight", Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
  }

  /** The logit of token i after these tokens, by the definition. */
  public static double logit(int i, int... tokens) {
    double sum = 0.5;
    for (int token : tokens) {
      sum = 3 * sum + token;
      sum = sum % 1024;
    }
    return sum + i / 8.0;
  }

  @Override
  protected AbstractSession createSession() {
    return new FakeSession(this, logitsType);
  }

  @Override
  protected void advance(Session[] sessions, int[] tokens) {
    for (int i = 0; i < sessions.length; i++) {
      ((FakeSession) sessions[i]).advance(tokens[i]);
    }
  }

  @Override
  protected void release() {
    released.incrementAndGet();
  }

  @Override
  public Device device() {
    return new Device(Device.Kind.OTHER, "imagination", 1);
  }

  @Override
  public DType precision() {
    return DType.F32;
  }

  private static final class FakeSession extends AbstractSession {
    private final FakeModel model;
    private final Arena memory;
    private final MemorySegment logits;
    private final DType type;
    private double count;
    private double sum = 0.5;

    FakeSession(FakeModel model, DType type) {
      Arena memory = Arena.ofShared();
      MemorySegment logits = memory.allocate(type.bytes(VOCABULARY), 8);
      super(model, type, logits);
      this.model = model;
      this.memory = memory;
      this.logits = logits;
      this.type = type;
    }

    @Override
    protected void advance(int token) {
      model.duringStep.run();
      count++;
      sum = (3 * sum + token) % 1024;
      for (int i = 0; i < VOCABULARY; i++) {
        double logit = token == model.poison && i == 2 ? Double.NaN : sum + i / 8.0;
        if (type == DType.F32) {
          logits.set(State.FLOAT, 4L * i, (float) logit);
        } else {
          logits.set(State.DOUBLE, 8L * i, logit);
        }
      }
    }

    @Override
    protected State readState() {
      return State.ofValues(LAYOUT, model.fingerprint(), type, new double[] {count, sum});
    }

    @Override
    protected void writeState(State state) {
      double[] values = state.toDoubles();
      count = values[0];
      sum = values[1];
    }

    @Override
    protected void release() {
      memory.close();
      model.sessionsReleased.incrementAndGet();
    }
  }
}

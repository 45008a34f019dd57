package dev.rwkv.vector;

import dev.rwkv.Device;
import dev.rwkv.Session;
import dev.rwkv.WeightTraffic;
import dev.rwkv.checkpoint.architecture.Rwkv4;
import dev.rwkv.checkpoint.architecture.Rwkv4Weights;
import dev.rwkv.spi.AbstractModel;
import dev.rwkv.spi.AbstractSession;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.vector.kernel.Kernels;
import dev.rwkv.vector.plan.ForwardPass;
import dev.rwkv.vector.plan.ModelPlan;
import dev.rwkv.vector.plan.PlanLoader;
import dev.rwkv.vector.plan.WorkerTeam;
import java.util.Optional;

/**
 * A model on the CPU. Immutable and safe for any thread; its threads work on one step at a time, so
 * that steps of several sessions take turns, and a batch is faster than many sessions.
 */
public final class VectorModel extends AbstractModel {
  private final ModelPlan plan;
  private final WorkerTeam team;
  private final ForwardPass pass;

  private VectorModel(Checkpoint checkpoint, ModelPlan plan, WorkerTeam team, boolean dense) {
    super(
        VectorProvider.NAME,
        VectorProvider.CAPABILITIES,
        checkpoint,
        plan.config(),
        Rwkv4.INSTANCE.stateLayout(plan.config()));
    this.plan = plan;
    this.team = team;
    this.pass = new ForwardPass(plan, team, dense);
  }

  static VectorModel load(Checkpoint checkpoint, LoadOptions options) {
    return load(checkpoint, options, Kernels.preferred());
  }

  /** Loads for a given vector width. */
  static VectorModel load(Checkpoint checkpoint, LoadOptions options, Kernels kernels) {
    Rwkv4Weights weights = Rwkv4Weights.of(checkpoint);
    int wanted = options.threads().orElse(Runtime.getRuntime().availableProcessors());
    WorkerTeam team = new WorkerTeam(Math.min(wanted, usefulThreads(weights, kernels)));
    try {
      ModelPlan plan =
          PlanLoader.load(
              checkpoint.source(), weights, options.precision().orElse(null), kernels, team);
      return made(checkpoint, plan, team, options.dense());
    } catch (RuntimeException | Error e) {
      team.close();
      throw e;
    }
  }

  private static VectorModel made(
      Checkpoint checkpoint, ModelPlan plan, WorkerTeam team, boolean dense) {
    try {
      return new VectorModel(checkpoint, plan, team, dense);
    } catch (RuntimeException | Error e) {
      plan.close();
      throw e;
    }
  }

  // More threads than the widest matrix of a layer has panels would find nothing to do.
  private static int usefulThreads(Rwkv4Weights weights, Kernels kernels) {
    int widest = Math.max(weights.config().feedForwardWidth(), weights.config().width());
    return Math.max(1, (widest + kernels.panelRows() - 1) / kernels.panelRows());
  }

  @Override
  protected AbstractSession createSession() {
    return VectorSession.create(this);
  }

  @Override
  protected void advance(Session[] sessions, int[] tokens) {
    float[][] states = new float[sessions.length][];
    float[][] logits = new float[sessions.length][];
    for (int i = 0; i < sessions.length; i++) {
      VectorSession session = (VectorSession) sessions[i];
      states[i] = session.state();
      logits[i] = session.logitsArray();
    }
    for (int from = 0; from < sessions.length; from += ForwardPass.MOST_ROWS) {
      int count = Math.min(ForwardPass.MOST_ROWS, sessions.length - from);
      pass.batch(states, tokens, from, count, logits);
    }
  }

  @Override
  protected void release() {
    team.close();
    plan.close();
  }

  @Override
  public Device device() {
    return new Device(
        Device.Kind.CPU,
        System.getProperty("os.arch")
            + ", "
            + plan.kernels().shape().vectorBitSize()
            + "-bit vectors",
        team.size());
  }

  @Override
  public DType precision() {
    return plan.precision();
  }

  /** {@inheritDoc} Zeros are skipped, and counted, in steps of a single token. */
  @Override
  public Optional<WeightTraffic> weightTraffic() {
    return Optional.of(pass.weightTraffic());
  }

  ModelPlan plan() {
    return plan;
  }

  ForwardPass pass() {
    return pass;
  }
}

package dev.rwkv.train;

import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.vector.kernel.FmaKernel;
import dev.rwkv.vector.kernel.Kernels;
import dev.rwkv.vector.kernel.Rates;
import dev.rwkv.vector.plan.WorkerTeam;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A step of training, forwards and backwards, and beside it what the same threads could do at most:
 * the ratio of the two rates of operations is the share of the peak that training reaches. A step
 * counts as 6 × parameters × tokens operations.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 5)
@Measurement(iterations = 5, time = 5)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class TrainingBenchmark {
  private static final int REPEATS = 1 << 20;
  private static final int VOCABULARY = 256;

  /** Threads. */
  @Param({"1", "2"})
  public int threads;

  /** L. */
  @Param("4")
  public int layers;

  /** C; F is 4C. */
  @Param("256")
  public int width;

  /** B. */
  @Param("12")
  public int texts;

  /** T. */
  @Param("256")
  public int length;

  private @Nullable GradientModel model;
  private @Nullable Parameters weights;
  private @Nullable Parameters gradients;
  private @Nullable Batch batch;
  private @Nullable FmaKernel fma;
  private @Nullable WorkerTeam team;

  /** Made by JMH. */
  public TrainingBenchmark() {}

  /** Makes a model and a batch. */
  @Setup
  public void setUp() {
    SyntheticModel random = SyntheticModel.of(layers, width, VOCABULARY, DType.F32, 1);
    try (Checkpoint checkpoint = random.open()) {
      weights = Parameters.of(checkpoint);
    }
    ModelConfig config = weights.config();
    gradients = new Parameters(config);
    model = GradientModel.of(config, threads);
    Random ids = new Random(1);
    int count = texts * length;
    batch =
        new Batch(
            texts,
            length,
            ids.ints(count, 0, VOCABULARY).toArray(),
            ids.ints(count, 0, VOCABULARY).toArray());
    fma = FmaKernel.of(Kernels.preferred().shape());
    team = new WorkerTeam(threads);
  }

  /** Ends the threads. */
  @TearDown
  public void tearDown() {
    Objects.requireNonNull(model).close();
    Objects.requireNonNull(team).close();
  }

  /** Loss and gradients of a batch. */
  @Benchmark
  public double step(Rates rates) {
    Parameters w = Objects.requireNonNull(weights);
    rates.gigaflops += 6e-9 * w.count() * texts * length;
    return Objects.requireNonNull(model)
        .gradients(w, Objects.requireNonNull(batch), Regularisation.L2_WRAP, requireGradients());
  }

  private Parameters requireGradients() {
    return Objects.requireNonNull(gradients);
  }

  /** Fused multiply-adds in registers, on as many threads. */
  @Benchmark
  public void peak(Rates rates) {
    FmaKernel kernel = Objects.requireNonNull(fma);
    float[] sink = new float[threads * 32];
    Objects.requireNonNull(team).run(worker -> sink[worker * 32] = kernel.run(REPEATS, 0.5f, 0.1f));
    rates.gigaflops += 2e-9 * threads * REPEATS * FmaKernel.CHAINS * kernel.lanes();
  }
}

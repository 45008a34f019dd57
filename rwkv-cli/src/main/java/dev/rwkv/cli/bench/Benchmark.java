package dev.rwkv.cli.bench;

import dev.rwkv.Backends;
import dev.rwkv.Model;
import dev.rwkv.ModelConfig;
import dev.rwkv.Rwkv;
import dev.rwkv.checkpoint.architecture.Architecture;
import dev.rwkv.checkpoint.architecture.Architectures;
import dev.rwkv.error.BackendException;
import dev.rwkv.error.UnsupportedCapabilityException;
import dev.rwkv.spi.BackendProvider;
import dev.rwkv.spi.Capability;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Measures every combination of a plan, one after the other.
 *
 * <p>A model is loaded, warmed up until it gets no faster, and then measured in rounds: read
 * bandwidth, decode, read bandwidth; FMA peak, prefill, FMA peak. On a shared machine speeds drift
 * by a factor from minute to minute, and neighbours in time drift together: a share is therefore
 * taken within a round, and the median of the rounds is reported.
 *
 * <p>For one thread.
 */
public final class Benchmark {

  /** Is told how far it is. */
  public interface Watcher {
    /** One more of the {@link #steps} is done. */
    void step();

    /** Allocation is about to be measured: nobody should do anything until the next step. */
    void quiet();

    /** A combination is measured. */
    void measured(Measurement measurement);
  }

  /**
   * What was measured.
   *
   * @param measurements one per combination
   * @param longTexts one per precision and number of threads; none if the plan has no long text
   */
  public record Results(List<Measurement> measurements, List<LongText> longTexts) {}

  private final BenchPlan plan;
  private final double operationsPerPromptToken;
  private final double operationsOfHead;

  /**
   * Looks at the model, without loading it.
   *
   * @throws BackendException if the backend cannot run it, in any of the precisions
   * @throws UnsupportedCapabilityException if it cannot step batches, and they are asked for
   */
  public Benchmark(BenchPlan plan) {
    this.plan = plan;
    try (Checkpoint checkpoint = Checkpoint.open(plan.model())) {
      Architecture architecture = Architectures.of(checkpoint);
      ModelConfig config = architecture.config(checkpoint);
      operationsOfHead = 2.0 * config.vocabulary() * config.width();
      operationsPerPromptToken = (double) architecture.flopsPerToken(config) - operationsOfHead;
      LoadOptions options = LoadOptions.defaults();
      check(checkpoint, options);
      plan.precisions().forEach(precision -> check(checkpoint, options.withPrecision(precision)));
    }
  }

  // Before the first minutes are spent.
  private void check(Checkpoint checkpoint, LoadOptions options) {
    Backends backends = Rwkv.backends();
    String name = plan.backend();
    BackendProvider provider =
        name == null
            ? backends.best(checkpoint, options)
            : backends.named(name, checkpoint, options);
    if (plan.batches().stream().anyMatch(batch -> batch > 1)
        && !provider.capabilities().contains(Capability.BATCH)) {
      throw new UnsupportedCapabilityException(provider.name(), Capability.BATCH);
    }
  }

  /** How often a watcher is told of a step. */
  public int steps() {
    return plan.combinations() * (1 + plan.rounds());
  }

  /** Measures everything: seconds to minutes. */
  public Results run(Watcher watcher) {
    List<Measurement> measurements = new ArrayList<>();
    List<LongText> longTexts = new ArrayList<>();
    try (Limits limits = new Limits()) {
      for (Optional<DType> precision : choices(plan.precisions())) {
        for (Optional<Integer> threads : choices(plan.threads())) {
          Optional<Measurement.Prefill> prefill = Optional.empty();
          for (int batch : plan.batches()) {
            try (Subject subject = Subject.load(plan, precision, threads, batch)) {
              Measurement measurement = measure(subject, limits, prefill, watcher);
              if (prefill.isEmpty() && plan.longText() > 0) {
                longTexts.add(subject.longText(plan.longText()));
              }
              prefill = Optional.of(measurement.prefill());
              measurements.add(measurement);
              watcher.measured(measurement);
            }
          }
        }
      }
    }
    return new Results(measurements, longTexts);
  }

  // Nothing asked for is a choice, too: what the backend likes.
  private static <T> List<Optional<T>> choices(List<T> wanted) {
    return wanted.isEmpty()
        ? List.of(Optional.empty())
        : wanted.stream().map(Optional::of).toList();
  }

  private Measurement measure(
      Subject subject, Limits limits, Optional<Measurement.Prefill> prefill, Watcher watcher) {
    Model model = subject.model();
    limits.prepare(model.device());
    subject.warmUpDecode();
    watcher.quiet();
    double allocated = subject.bytesAllocatedPerToken();
    if (prefill.isEmpty()) {
      subject.warmUpPrefill();
    }
    watcher.step();
    Rounds rounds = new Rounds(plan.rounds());
    for (int round = 0; round < plan.rounds(); round++) {
      rounds.measure(round, subject, limits, prefill.isEmpty());
      watcher.step();
    }
    double operations = plan.prompt() * operationsPerPromptToken + operationsOfHead;
    return new Measurement(
        model.backend(),
        model.source().toString(),
        model.config(),
        model.precision(),
        model.device().threads(),
        subject.batch(),
        rounds.decode(subject.batch(), operationsPerPromptToken + operationsOfHead),
        prefill.orElseGet(() -> rounds.prefill(plan.prompt(), operations)),
        rounds.machine(),
        subject.timeToFirstTokenMillis(),
        allocated,
        rounds.zeroShare());
  }
}

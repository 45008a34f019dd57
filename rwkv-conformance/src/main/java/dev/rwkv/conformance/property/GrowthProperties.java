package dev.rwkv.conformance.property;

import com.sun.management.OperatingSystemMXBean;
import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.conformance.generator.ModelCase;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Violation;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import net.jqwik.api.Example;

/**
 * What must not grow: memory with the models that were loaded, time with the tokens that were read.
 * Measured on whatever machine it is, so a measurement counts only if it repeats.
 */
class GrowthProperties {
  private static final int ATTEMPTS = 3;
  private static final int REPEATS = 5;
  private static final int VOCABULARY = 20;
  private static final ModelCase SMALL = ModelCase.of(1, 8, 16, VOCABULARY, 3);
  private static final int[] LENGTHS = {128, 256, 512, 1024, 2048};
  private static final double STEEPEST = 1.25;
  private static final int SESSIONS = 20;
  private static final int STILL_ON_THE_STACK = 2;
  private static final int COLLECTIONS = 40;
  private static final int YOUNG = 100;
  private static final int OLD = 5_000;
  private static final int MEASURED = 50;
  private static final double SLOWER = 2;
  private static final int CYCLES = 25;
  private static final int ROUNDS = 5;
  private static final ModelCase HEAVY = ModelCase.of(1, 192, 512, 256, 3);
  private static final long HEAVY_BYTES = 4L * (5 * 192 * 192 + 2 * 192 * 512 + 2 * 192 * 256);

  @Verifies("RWKV-RES-004")
  @Example
  void closedSessionsAreNotKept(Subject subject) throws InterruptedException {
    try (LoadedModel model = subject.load(SMALL)) {
      List<WeakReference<Session>> closed = closedSessions(model);
      long kept = SESSIONS;
      for (int i = 0; i < COLLECTIONS && kept > STILL_ON_THE_STACK; i++) {
        System.gc();
        Thread.sleep(10);
        kept = closed.stream().filter(each -> each.get() != null).count();
      }
      Violation.unless(
          kept <= STILL_ON_THE_STACK,
          "of %d sessions that were closed, %d are still held while their model is open"
              .formatted(SESSIONS, kept));
    }
  }

  private static List<WeakReference<Session>> closedSessions(LoadedModel model) {
    List<WeakReference<Session>> references = new ArrayList<>();
    for (int i = 0; i < SESSIONS; i++) {
      Session session = model.newSession();
      session.prefill(1, 2, i % VOCABULARY);
      session.close();
      references.add(new WeakReference<>(session));
    }
    return references;
  }

  @Verifies("RWKV-RES-005")
  @Example
  void theTimeOfASpanIsLinearInItsLength(Subject subject) {
    try (LoadedModel model = subject.load(SMALL);
        Session session = model.newSession()) {
      int[] text = new int[LENGTHS[LENGTHS.length - 1]];
      Arrays.setAll(text, i -> i * 7 % VOCABULARY);
      double slope =
          least(attempt -> {
            session.prefill(text);
            double[] seconds =
                Arrays.stream(LENGTHS)
                    .mapToDouble(length -> {
                      int[] span = Arrays.copyOf(text, length);
                      int spans = text.length / length;
                      // As many tokens for each length: what disturbs or collects garbage meets a
                      // longer measurement more often, and would make long spans look slow.
                      return fastest(() -> spans(session, span, spans)) / spans;
                    })
                    .toArray();
            return slope(seconds);
          });
      Violation.unless(
          slope < STEEPEST,
          "the time of spans of %d to %d tokens grows as T^%.2f"
              .formatted(LENGTHS[0], text.length, slope));
    }
  }

  private static void spans(Session session, int[] span, int count) {
    for (int i = 0; i < count; i++) {
      session.prefill(span);
    }
  }

  // Of log seconds over log length, by least squares.
  private static double slope(double[] seconds) {
    double[] x = Arrays.stream(LENGTHS).mapToDouble(Math::log).toArray();
    double[] y = Arrays.stream(seconds).map(Math::log).toArray();
    double meanX = Arrays.stream(x).average().orElseThrow();
    double meanY = Arrays.stream(y).average().orElseThrow();
    double above = 0;
    double below = 0;
    for (int i = 0; i < x.length; i++) {
      above += (x[i] - meanX) * (y[i] - meanY);
      below += (x[i] - meanX) * (x[i] - meanX);
    }
    return above / below;
  }

  private static double fastest(Runnable action) {
    double best = Double.POSITIVE_INFINITY;
    for (int i = 0; i < REPEATS; i++) {
      long start = System.nanoTime();
      action.run();
      best = Math.min(best, (System.nanoTime() - start) / 1e9);
    }
    return best;
  }

  // What disturbs a measurement only makes it larger.
  private static double least(IntToDoubleFunction measurement) {
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < ATTEMPTS && !(least < 1); i++) {
      least = Math.min(least, measurement.applyAsDouble(i));
    }
    return least;
  }

  @Verifies("RWKV-RES-007")
  @Example
  void aLateStepTakesNoLonger(Subject subject) {
    try (LoadedModel model = subject.load(SMALL)) {
      try (Session warmUp = model.newSession()) {
        steps(warmUp, OLD);
      }
      double ratio =
          least(attempt -> {
            try (Session session = model.newSession()) {
              steps(session, YOUNG);
              double early = fastest(() -> steps(session, MEASURED));
              steps(session, OLD);
              return fastest(() -> steps(session, MEASURED)) / early;
            }
          });
      Violation.unless(
          ratio < SLOWER,
          "a step takes %.1f times as long after %d tokens as after %d"
              .formatted(ratio, OLD, YOUNG));
    }
  }

  private static void steps(Session session, int count) {
    for (int i = 0; i < count; i++) {
      session.step(i % VOCABULARY);
    }
  }

  @Verifies("RWKV-RES-006")
  @Example
  void loadingAndClosingDoesNotGrowTheProcess(Subject subject) throws IOException {
    cycles(subject, CYCLES / 2);
    // What leaks does so every time. In between the heap touches pages or gives some back, and
    // allocators reserve some, but not in most rounds: so the median counts, and of both measures
    // the smaller.
    long[] resident = new long[ROUNDS];
    long[] mapped = new long[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      long residentBefore = residentBesidesTheHeap();
      long mappedBefore = mappedBytes();
      cycles(subject, CYCLES);
      resident[i] = residentBesidesTheHeap() - residentBefore;
      mapped[i] = mappedBytes() - mappedBefore;
    }
    long grown = Math.min(median(resident), median(mapped));
    Violation.unless(
        grown < CYCLES * HEAVY_BYTES / 2,
        "%d times loading and closing a model of %d KiB has added %d KiB to the process"
            .formatted(CYCLES, HEAVY_BYTES >> 10, grown >> 10));
  }

  private static long median(long[] values) {
    return Arrays.stream(values).sorted().skip(values.length / 2).findFirst().orElseThrow();
  }

  private static void cycles(Subject subject, int count) {
    for (int i = 0; i < count; i++) {
      Checkpoint checkpoint = HEAVY.open();
      try (Model model = subject.provider().load(checkpoint, LoadOptions.defaults());
          Session session = model.newSession()) {
        session.step(1);
      }
    }
    System.gc();
  }

  // What the heap gives back in a busy process would hide what leaks.
  private static long residentBesidesTheHeap() throws IOException {
    return residentBytes()
        - ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
  }

  private static long mappedBytes() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getCommittedVirtualMemorySize();
  }

  // Where there is no such file, what is mapped has to do.
  private static long residentBytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return mappedBytes();
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
        .findFirst()
        .orElseGet(GrowthProperties::mappedBytes);
  }
}

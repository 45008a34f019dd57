package dev.rwkv.conformance.property;

import dev.rwkv.Session;
import dev.rwkv.conformance.generator.ModelCase;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Violation;
import java.lang.ref.WeakReference;
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
}

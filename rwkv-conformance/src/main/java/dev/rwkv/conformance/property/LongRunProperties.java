package dev.rwkv.conformance.property;

import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.conformance.generator.ModelCase;
import dev.rwkv.conformance.report.Figure;
import dev.rwkv.conformance.report.Recorder;
import dev.rwkv.conformance.requirement.Tier;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Judge;
import dev.rwkv.reference.Bounded;
import dev.rwkv.reference.Expected;
import dev.rwkv.reference.WkvState;
import dev.rwkv.tensor.DType;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Many tokens of one text, with a tiny model, so that every step can be judged. */
class LongRunProperties {
  private static final String NUMERATOR = "blocks.0.att.numerator";
  private static final String DENOMINATOR = "blocks.0.att.denominator";
  private static final String EXPONENT = "blocks.0.att.exponent";
  private static final int VOCABULARY = 11;

  private static ModelCase tiny(int seed) {
    return ModelCase.of(1, 5, 6, VOCABULARY, seed);
  }

  @Verifies("RWKV-MOD-005")
  @Property(tries = 1, edgeCases = EdgeCasesMode.NONE)
  void threeThousandStepsAreRight(
      Subject subject, Judge judge, Recorder recorder, @ForAll int seed) {
    everyStep(subject, judge, recorder, seed, 3_000);
  }

  @Verifies(value = "RWKV-MOD-005", from = Tier.FULL)
  @Property(tries = 1, edgeCases = EdgeCasesMode.NONE)
  void tenThousandStepsAreRight(Subject subject, Judge judge, Recorder recorder, @ForAll int seed) {
    everyStep(subject, judge, recorder, seed, 10_000);
  }

  @Verifies(value = "RWKV-MOD-005", from = Tier.LONG)
  @Property(tries = 1, edgeCases = EdgeCasesMode.NONE)
  void aHundredThousandStepsAreRight(
      Subject subject, Judge judge, Recorder recorder, @ForAll int seed) {
    everyStep(subject, judge, recorder, seed, 100_000);
  }

  private static void everyStep(
      Subject subject, Judge judge, Recorder recorder, int seed, int steps) {
    Random random = new Random(seed);
    try (LoadedModel model = subject.load(tiny(seed));
        Session session = model.newSession()) {
      State before = session.snapshot();
      for (int i = 0; i < steps; i++) {
        int token = random.nextInt(VOCABULARY);
        String where = "step %d (token %d)".formatted(i, token);
        double[] logits = LoadedModel.finite(where, () -> session.step(token)).toDoubles();
        State after = session.snapshot();
        judge.expected(
            where, model.oracle().judge(before, token, after, model.errors()), logits, after);
        recorder.point(
            Figure.ERROR, "a step of a long text", nextPoint(i + 1), judge.shareOfStep());
        before = after;
      }
    }
  }

  // A picture shows powers of 2, each with the worst of the steps up to it.
  private static int nextPoint(int step) {
    return step == 1 ? 1 : Integer.highestOneBit(step - 1) << 1;
  }

  @Verifies("RWKV-MOD-006")
  @Property(tries = 1, edgeCases = EdgeCasesMode.NONE)
  void aThousandTokensDoNotDrift(Subject subject, Judge judge, @ForAll int seed) {
    staysInTheEnvelope(subject, judge, seed, 1_000);
  }

  @Verifies(value = "RWKV-MOD-006", from = Tier.FULL)
  @Property(tries = 1, edgeCases = EdgeCasesMode.NONE)
  void tenThousandTokensDoNotDrift(Subject subject, Judge judge, @ForAll int seed) {
    staysInTheEnvelope(subject, judge, seed, 10_000);
  }

  @Verifies(value = "RWKV-MOD-006", from = Tier.LONG)
  @Property(tries = 1, edgeCases = EdgeCasesMode.NONE)
  void aHundredThousandTokensDoNotDrift(Subject subject, Judge judge, @ForAll int seed) {
    staysInTheEnvelope(subject, judge, seed, 100_000);
  }

  // With one layer, keys and values do not depend on the sums: these are linear in their errors,
  // and an oracle that is pushed by its bound at each step is as far off as a candidate can be.
  private static void staysInTheEnvelope(Subject subject, Judge judge, int seed, int steps) {
    Random random = new Random(seed);
    try (LoadedModel model = subject.load(tiny(seed));
        Session session = model.newSession()) {
      State free =
          State.initial(model.model().stateLayout(), model.model().fingerprint(), DType.F64);
      State pushed = free;
      for (int i = 0; i < steps; i++) {
        int token = random.nextInt(VOCABULARY);
        LoadedModel.finite("token " + i, () -> session.step(token));
        free = moved(free, model.oracle().step(free, token, model.errors()), false);
        pushed = moved(pushed, model.oracle().step(pushed, token, model.errors()), true);
      }
      State after = session.snapshot();
      double[] p = free.component(EXPONENT).toDoubles();
      for (String name : new String[] {NUMERATOR, DENOMINATOR}) {
        double[] values = free.component(name).toDoubles();
        double[] envelope = at(pushed, name, p);
        for (int c = 0; c < envelope.length; c++) {
          envelope[c] = Math.abs(envelope[c] - values[c]);
        }
        judge.within(
            "drift of " + name.substring(name.indexOf("att.")),
            "after %d tokens: %s".formatted(steps, name),
            Bounded.of(values, envelope),
            at(after, name, p));
      }
    }
  }

  private static State moved(State before, Expected expected, boolean push) {
    double[] all = new double[(int) before.layout().elements()];
    expected
        .state()
        .forEach((name, bound) -> {
          boolean sum = name.equals(NUMERATOR) || name.equals(DENOMINATOR);
          int from = (int) before.layout().offset(name);
          for (int c = 0; c < bound.length(); c++) {
            all[from + c] = bound.value(c) + (push && sum ? bound.error(c) : 0);
          }
        });
    return State.ofValues(before.layout(), before.fingerprint(), DType.F64, all);
  }

  private static double[] at(State state, String name, double[] exponents) {
    double[] sums = state.component(name).toDoubles();
    double[] p = state.component(EXPONENT).toDoubles();
    for (int c = 0; c < sums.length; c++) {
      sums[c] = WkvState.atExponent(sums[c], p[c], exponents[c]);
    }
    return sums;
  }
}

package dev.rwkv.conformance.property;

import dev.rwkv.conformance.generator.MildWkvCases;
import dev.rwkv.conformance.generator.NarrowWkvCases;
import dev.rwkv.conformance.generator.WkvCase;
import dev.rwkv.conformance.generator.WkvCase.Start;
import dev.rwkv.conformance.generator.WkvCases;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Judge;
import dev.rwkv.conformance.tolerance.Violation;
import dev.rwkv.reference.WkvParallel;
import dev.rwkv.reference.WkvState;
import dev.rwkv.spi.Wkv4Operator;
import dev.rwkv.spi.Wkv4Operator.Form;
import dev.rwkv.spi.Wkv4Operator.Numerics;
import dev.rwkv.spi.Wkv4Operator.Span;
import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The operator's forms against each other, and how it treats what it is given. */
class WkvFormProperties {
  // Of blocks of 8 to 256 tokens.
  private static final int[] AT_BORDERS = {
    7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257
  };

  @Verifies("RWKV-WKV-005")
  @Property(tries = 150)
  void naiveAndStabilisedAgree(
      Subject subject, Judge judge, @ForAll(supplier = MildWkvCases.class) WkvCase operands) {
    agree(subject, judge, operands, Form.RECURRENT, Numerics.NAIVE);
  }

  @Verifies("RWKV-WKV-009")
  @Property(tries = 20)
  void parallelAndRecurrentAgreeAtTheBordersOfBlocks(
      Subject subject, Judge judge, @ForAll(supplier = NarrowWkvCases.class) WkvCase operands) {
    for (int tokens : AT_BORDERS) {
      agree(subject, judge, operands.during(tokens), Form.PARALLEL, Numerics.STABILISED);
    }
  }

  // Each is within the bound of eq. 16, so they are not further apart than twice that.
  private static void agree(
      Subject subject, Judge judge, WkvCase operands, Form form, Numerics numerics) {
    WkvParallel.Span expected = operands.expected(subject.arithmetic());
    Span recurrent = operands.span(0, operands.tokens(), operands.state());
    Span other = operands.span(0, operands.tokens(), operands.state());
    double[] wanted = subject.wkv4().apply(Form.RECURRENT, Numerics.STABILISED, recurrent);
    double[] wkv = subject.wkv4().apply(form, numerics, other);
    int channels = operands.channels();
    for (int t = 0; t < operands.tokens(); t++) {
      judge.within(
          "wkv",
          "token %d of %d: wkv".formatted(t, operands.tokens()),
          Judge.twice(
              expected.wkv()[t], Arrays.copyOfRange(wanted, t * channels, (t + 1) * channels)),
          Arrays.copyOfRange(wkv, t * channels, (t + 1) * channels));
    }
    double[] p = expected.next().p().values();
    judge.within(
        "numerator",
        "the state: numerator",
        Judge.twice(expected.next().a(), WkvProperties.atOracle(sums(recurrent), 0, p)),
        WkvProperties.atOracle(sums(other), 0, p));
    judge.within(
        "denominator",
        "the state: denominator",
        Judge.twice(expected.next().b(), WkvProperties.atOracle(sums(recurrent), 1, p)),
        WkvProperties.atOracle(sums(other), 1, p));
  }

  private static double[][] sums(Span span) {
    return new double[][] {span.numerator(), span.denominator(), span.exponent()};
  }

  @Verifies("RWKV-WKV-010")
  @Property(tries = 200)
  void statesOfSpansCompose(
      Subject subject,
      Judge judge,
      @ForAll(supplier = WkvCases.class) WkvCase operands,
      @ForAll @IntRange(max = 20) int cut) {
    int middle = cut % (operands.tokens() + 1);
    Span first = operands.span(0, middle, operands.state());
    Span second = operands.span(middle, operands.tokens(), operands.from(Start.EMPTY).state());
    subject.wkv4().apply(Form.RECURRENT, Numerics.STABILISED, first);
    subject.wkv4().apply(Form.RECURRENT, Numerics.STABILISED, second);
    WkvState whole = operands.expected(subject.arithmetic()).next();
    double[] a = new double[operands.channels()];
    double[] b = new double[operands.channels()];
    for (int c = 0; c < a.length; c++) {
      double decayed = first.exponent()[c] + second.tokens() * first.decay()[c];
      double p = whole.p().value(c);
      a[c] =
          WkvState.atExponent(first.numerator()[c], decayed, p)
              + WkvState.atExponent(second.numerator()[c], second.exponent()[c], p);
      b[c] =
          WkvState.atExponent(first.denominator()[c], decayed, p)
              + WkvState.atExponent(second.denominator()[c], second.exponent()[c], p);
    }
    judge.within("numerator", "two spans composed: numerator", whole.a(), a);
    judge.within("denominator", "two spans composed: denominator", whole.b(), b);
  }

  @Verifies("RWKV-WKV-011")
  @Property(tries = 50)
  void aSpanOfNoTokensChangesNothing(
      Subject subject, @ForAll(supplier = WkvCases.class) WkvCase operands) {
    for (Form form : Form.values()) {
      if (subject.wkv4().supports(form, Numerics.STABILISED)) {
        Span empty = operands.span(0, 0, operands.state());
        double[] wkv = subject.wkv4().apply(form, Numerics.STABILISED, empty);
        Violation.unless(
            wkv.length == 0, "no tokens, " + form + ": wkv has " + wkv.length + " numbers");
        Violation.unless(
            Arrays.deepEquals(sums(empty), operands.state()),
            "no tokens, %s: the state was %s and is %s"
                .formatted(
                    form, Arrays.deepToString(operands.state()), Arrays.deepToString(sums(empty))));
      }
    }
  }

  @Verifies("RWKV-WKV-012")
  @Property(tries = 50)
  void operandsAreNeitherChangedNorKept(
      Subject subject, @ForAll(supplier = WkvCases.class) WkvCase operands) {
    Span given = operands.span(0, operands.tokens(), operands.state());
    Span same = operands.span(0, operands.tokens(), operands.state());
    double[] wkv = subject.wkv4().apply(Form.RECURRENT, Numerics.STABILISED, given);
    unchanged("decay", same.decay(), given.decay());
    unchanged("bonus", same.bonus(), given.bonus());
    unchanged("keys", same.keys(), given.keys());
    unchanged("values", same.values(), given.values());
    double[] first = wkv.clone();
    double[][] state = {
      given.numerator().clone(), given.denominator().clone(), given.exponent().clone()
    };
    subject.wkv4().apply(Form.RECURRENT, Numerics.STABILISED, same);
    unchanged("wkv of an earlier call", first, wkv);
    unchanged("numerator of an earlier call", state[0], given.numerator());
    unchanged("denominator of an earlier call", state[1], given.denominator());
    unchanged("exponent of an earlier call", state[2], given.exponent());
    unchanged(
        "wkv of the same operands",
        first,
        subject
            .wkv4()
            .apply(
                Form.RECURRENT,
                Numerics.STABILISED,
                operands.span(0, operands.tokens(), operands.state())));
  }

  private static void unchanged(String name, double[] before, double[] now) {
    Violation.unless(
        Arrays.equals(before, now),
        "%s was %s and became %s".formatted(name, Arrays.toString(before), Arrays.toString(now)));
  }

  @Verifies("RWKV-WKV-013")
  @Example
  void whatIsNotSupportedIsRefused(Subject subject) {
    Wkv4Operator operator = subject.wkv4();
    WkvCase operands = WkvCase.of(2, 3, 1, WkvCase.Decays.TRAINED, Start.RUNNING, 1);
    for (Form form : Form.values()) {
      for (Numerics numerics : Numerics.values()) {
        if (!operator.supports(form, numerics)) {
          Refusal.expect(
              UnsupportedOperationException.class,
              "apply(%s, %s), which supports() denies,".formatted(form, numerics),
              () -> operator.apply(form, numerics, operands.span(0, 2, operands.state())));
        }
      }
    }
  }
}

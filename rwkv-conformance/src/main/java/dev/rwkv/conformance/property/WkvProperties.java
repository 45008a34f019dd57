package dev.rwkv.conformance.property;

import dev.rwkv.conformance.generator.MildWkvCases;
import dev.rwkv.conformance.generator.WkvCase;
import dev.rwkv.conformance.generator.WkvCase.Pattern;
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
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The operator alone: eq. 16 in every form and numerics that the backend offers. */
class WkvProperties {

  @Verifies("RWKV-WKV-001")
  @Property(tries = 400)
  void theStabilisedRecurrenceIsEquation16(
      Subject subject, Judge judge, @ForAll(supplier = WkvCases.class) WkvCase operands) {
    isEquation16(subject, judge, operands, Form.RECURRENT, Numerics.STABILISED, List.of());
  }

  @Verifies("RWKV-WKV-002")
  @Property(tries = 400)
  void theParallelFormIsEquation16ForEverySplit(
      Subject subject,
      Judge judge,
      @ForAll(supplier = WkvCases.class) WkvCase operands,
      @ForAll @Size(max = 3) List<@IntRange(max = 20) Integer> cuts) {
    isEquation16(
        subject,
        judge,
        operands,
        Form.PARALLEL,
        Numerics.STABILISED,
        cuts.stream().map(cut -> cut % (operands.tokens() + 1)).sorted().toList());
  }

  @Verifies("RWKV-WKV-003")
  @Property(tries = 200)
  void theNaiveRecurrenceIsEquation16WhereItDoesNotOverflow(
      Subject subject, Judge judge, @ForAll(supplier = MildWkvCases.class) WkvCase operands) {
    isEquation16(subject, judge, operands, Form.RECURRENT, Numerics.NAIVE, List.of());
  }

  @Verifies("RWKV-WKV-004")
  @Example
  void anOperatorThatIsNotDeclaredIsNotOffered(Subject subject) {
    Violation.unless(
        subject.provider().operator(Wkv4Operator.class).isEmpty(),
        "operator(Wkv4Operator.class) gives one, but WKV4_OPERATOR is not declared");
  }

  @Verifies("RWKV-WKV-006")
  @Property(tries = 200)
  void anEmptyPastHasNoWeight(
      Subject subject, Judge judge, @ForAll(supplier = WkvCases.class) WkvCase operands) {
    for (Start start : new Start[] {Start.EMPTY, Start.MINUS_INFINITY}) {
      WkvCase empty = operands.from(start);
      isEquation16(subject, judge, empty, Form.RECURRENT, Numerics.STABILISED, List.of());
    }
  }

  @Verifies("RWKV-WKV-007")
  @Property(tries = 200)
  void keysThatJumpOverflowNothing(
      Subject subject,
      Judge judge,
      @ForAll(supplier = WkvCases.class) WkvCase operands,
      @ForAll @IntRange(min = 100, max = 10_000) int scale) {
    WkvCase jumping = operands.keyed(scale).with(Pattern.JUMPING_KEYS);
    isEquation16(subject, judge, jumping, Form.RECURRENT, Numerics.STABILISED, List.of());
  }

  @Verifies("RWKV-WKV-008")
  @Property(tries = 200)
  void valuesThatCancelOrAreExtremeAreWithinTheBound(
      Subject subject, Judge judge, @ForAll(supplier = WkvCases.class) WkvCase operands) {
    WkvCase hard = operands.with(Pattern.HARD_VALUES);
    isEquation16(subject, judge, hard, Form.RECURRENT, Numerics.STABILISED, List.of());
  }

  private static void isEquation16(
      Subject subject,
      Judge judge,
      WkvCase operands,
      Form form,
      Numerics numerics,
      List<Integer> cuts) {
    WkvParallel.Span expected = operands.expected(subject.arithmetic());
    double[][] state = operands.state();
    int from = 0;
    for (int i = 0; i <= cuts.size(); i++) {
      int to = i == cuts.size() ? operands.tokens() : cuts.get(i);
      Span span = operands.span(from, to, state);
      double[] wkv = subject.wkv4().apply(form, numerics, span);
      for (int t = from; t < to; t++) {
        int row = (t - from) * operands.channels();
        judge.within(
            "wkv",
            "token " + t + " of " + operands.tokens() + ": wkv",
            expected.wkv()[t],
            Arrays.copyOfRange(wkv, row, row + operands.channels()));
      }
      state = new double[][] {span.numerator(), span.denominator(), span.exponent()};
      from = to;
    }
    WkvState next = expected.next();
    judge.within(
        "numerator", "the state: numerator", next.a(), atOracle(state, 0, next.p().values()));
    judge.within(
        "denominator", "the state: denominator", next.b(), atOracle(state, 1, next.p().values()));
  }

  static double[] atOracle(double[][] state, int part, double[] exponents) {
    double[] sums = state[part].clone();
    for (int c = 0; c < sums.length; c++) {
      sums[c] = WkvState.atExponent(sums[c], state[2][c], exponents[c]);
    }
    return sums;
  }
}

package dev.rwkv.conformance.property;

import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.conformance.generator.LongSplitTexts;
import dev.rwkv.conformance.generator.ModelCase;
import dev.rwkv.conformance.generator.SplitText;
import dev.rwkv.conformance.generator.SplitTexts;
import dev.rwkv.conformance.generator.Text;
import dev.rwkv.conformance.requirement.Tier;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Judge;
import dev.rwkv.conformance.tolerance.Violation;
import dev.rwkv.error.StateException;
import dev.rwkv.reference.Expected;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The parallel form: a text may be cut into spans anywhere. */
class SpanProperties {

  @Verifies("RWKV-MOD-002")
  @Property(tries = 150)
  void spansGiveWhatStepsGive(
      Subject subject, Judge judge, @ForAll(supplier = SplitTexts.class) SplitText text) {
    readInSpansAndSteps(subject, judge, text);
  }

  @Verifies("RWKV-MOD-002")
  @Property(tries = 20)
  void longSpansGiveWhatStepsGive(
      Subject subject, Judge judge, @ForAll(supplier = LongSplitTexts.class) SplitText text) {
    readInSpansAndSteps(subject, judge, text);
  }

  @Verifies("RWKV-MOD-002")
  @Property(tries = 1, edgeCases = EdgeCasesMode.NONE)
  void wholeSpansAtBlockBordersGiveWhatStepsGive(Subject subject, Judge judge, @ForAll int seed) {
    wholeSpans(subject, judge, new Random(seed), 64, 128, 256);
  }

  @Verifies(value = "RWKV-MOD-002", from = Tier.FULL)
  @Property(tries = 1, edgeCases = EdgeCasesMode.NONE)
  void longerWholeSpansGiveWhatStepsGive(Subject subject, Judge judge, @ForAll int seed) {
    wholeSpans(subject, judge, new Random(seed), 512, 1024);
  }

  // Each length, one token less and one more, in every run: what is forgotten at one border only is
  // seldom met by chance.
  private static void wholeSpans(Subject subject, Judge judge, Random random, int... blocks) {
    for (int block : blocks) {
      for (int length = block - 1; length <= block + 1; length++) {
        ModelCase model =
            ModelCase.of(
                1, 2 + random.nextInt(8), 1 + random.nextInt(18), 50, random.nextInt(1000));
        List<Integer> tokens = random.ints(length, 0, 50).boxed().toList();
        readInSpansAndSteps(subject, judge, SplitText.whole(Text.of(model, tokens)));
      }
    }
  }

  // Against the oracle, and against the backend's own steps.
  private static void readInSpansAndSteps(Subject subject, Judge judge, SplitText split) {
    Text text = split.text();
    try (LoadedModel model = subject.load(text.model());
        Session spans = model.newSession();
        Session steps = model.newSession()) {
      State before = spans.snapshot();
      for (int i = 0; i < split.spans(); i++) {
        int[] span = split.span(i);
        spans.prefill(span);
      }
      for (int token : text.all()) {
        steps.step(token);
      }
      String where = "after %d tokens in %d spans".formatted(text.length(), split.spans());
      Expected expected = model.oracle().span(before, text.all(), model.errors());
      Outcome outcome = Outcome.of(spans);
      Outcome stepped = Outcome.of(steps);
      judge.agree(
          where + ", against single steps",
          expected,
          stepped.logits(),
          stepped.state(),
          outcome.logits(),
          outcome.state());
      judge.expected(where, expected, outcome.logits(), outcome.state());
    }
  }

  @Verifies("RWKV-SPN-001")
  @Property(tries = 50)
  void anEmptySpanChangesNothing(
      Subject subject, @ForAll(supplier = SplitTexts.class) SplitText split) {
    try (LoadedModel model = subject.load(split.text().model());
        Session session = model.newSession()) {
      State start = session.snapshot();
      session.prefill();
      Violation.unless(
          start.equals(session.snapshot()), "an empty span has changed the state of a new session");
      Refusal.expect(
          StateException.class,
          "reading a logit after an empty span alone",
          () -> session.logits().get(0));
      session.prefill(split.text().all());
      Outcome before = Outcome.of(session);
      session.prefill();
      before.requireSame(Outcome.of(session), "after an empty span");
      session.prefill(
          new int[0],
          (index, logits) -> {
            throw new Violation("an empty span has shown logits of token " + index);
          });
      before.requireSame(Outcome.of(session), "after an empty span with a visitor");
    }
  }

  @Verifies("RWKV-SPN-002")
  @Property(tries = 80)
  void aVisitorSeesTheLogitsAfterEveryToken(
      Subject subject, Judge judge, @ForAll(supplier = SplitTexts.class) SplitText split) {
    Text text = split.text();
    try (LoadedModel model = subject.load(text.model());
        Session session = model.newSession()) {
      State before = session.snapshot();
      List<double[]> logits = visited(session, text.all());
      for (int i = 0; i < text.length(); i++) {
        Expected expected = model.oracle().span(before, text.span(0, i + 1), model.errors());
        judge.within(
            "logits", "token %d of a span: logits".formatted(i), expected.logits(), logits.get(i));
      }
    }
  }

  /** The logits after every token of a span. */
  static List<double[]> visited(Session session, int[] tokens) {
    List<double[]> seen = new ArrayList<>();
    session.prefill(
        tokens,
        (index, logits) -> {
          Violation.unless(
              index == seen.size(),
              "the visitor is called with index %d after %d calls".formatted(index, seen.size()));
          seen.add(logits.toDoubles());
        });
    Violation.unless(
        seen.size() == tokens.length,
        "the visitor was called %d times for %d tokens".formatted(seen.size(), tokens.length));
    return seen;
  }

  @Verifies("RWKV-SPN-003")
  @Property(tries = 80)
  void aVisitorChangesNothing(
      Subject subject, Judge judge, @ForAll(supplier = SplitTexts.class) SplitText split) {
    Text text = split.text();
    try (LoadedModel model = subject.load(text.model());
        Session plain = model.newSession();
        Session visited = model.newSession()) {
      State before = plain.snapshot();
      plain.prefill(text.all());
      visited(visited, text.all());
      Outcome wanted = Outcome.of(plain);
      Outcome got = Outcome.of(visited);
      judge.agree(
          "after a span with a visitor",
          model.oracle().span(before, text.all(), model.errors()),
          wanted.logits(),
          wanted.state(),
          got.logits(),
          got.state());
    }
  }
}

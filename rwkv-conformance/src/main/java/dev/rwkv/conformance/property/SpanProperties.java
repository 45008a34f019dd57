package dev.rwkv.conformance.property;

import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.conformance.generator.LongSplitTexts;
import dev.rwkv.conformance.generator.SplitText;
import dev.rwkv.conformance.generator.SplitTexts;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Judge;
import dev.rwkv.reference.Expected;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The parallel form: a text may be cut into spans anywhere. */
class SpanProperties {

  @Verifies("RWKV-MOD-002")
  @Property(tries = 150)
  void spansGiveWhatTheWholeTextGives(
      Subject subject, Judge judge, @ForAll(supplier = SplitTexts.class) SplitText text) {
    readInSpans(subject, judge, text);
  }

  @Verifies("RWKV-MOD-002")
  @Property(tries = 20)
  void longSpansGiveWhatTheWholeTextGives(
      Subject subject, Judge judge, @ForAll(supplier = LongSplitTexts.class) SplitText text) {
    readInSpans(subject, judge, text);
  }

  private static void readInSpans(Subject subject, Judge judge, SplitText text) {
    try (LoadedModel model = subject.load(text.text().model());
        Session session = model.newSession()) {
      State before = session.snapshot();
      for (int i = 0; i < text.spans(); i++) {
        session.prefill(text.span(i));
      }
      Expected expected = model.oracle().span(before, text.text().all(), model.errors());
      judge.expected(
          "after %d tokens in %d spans".formatted(text.text().length(), text.spans()),
          expected,
          session.logits().toDoubles(),
          session.snapshot());
    }
  }
}

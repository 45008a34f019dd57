package dev.rwkv.conformance.property;

import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.conformance.generator.SplitText;
import dev.rwkv.conformance.generator.SplitTexts;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Judge;
import dev.rwkv.reference.Expected;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Token shift across the borders of spans, seen in the components next to it alone. */
class TokenShiftProperties {
  private static final String NUMERATOR = "blocks.0.att.numerator";
  private static final String DENOMINATOR = "blocks.0.att.denominator";

  @Verifies("RWKV-TSH-001")
  @Property(tries = 100)
  void timeMixSeesThePreviousTokenAcrossSpans(
      Subject subject, Judge judge, @ForAll(supplier = SplitTexts.class) SplitText text) {
    judgeSpans(subject, judge, text, 1, List.of(NUMERATOR, DENOMINATOR));
  }

  @Verifies("RWKV-TSH-003")
  @Property(tries = 100)
  void channelMixSeesThePreviousTokenAcrossSpans(
      Subject subject, Judge judge, @ForAll(supplier = SplitTexts.class) SplitText text) {
    judgeSpans(subject, judge, text, 2, List.of("blocks.1.att.shift"));
  }

  @Verifies("RWKV-TSH-004")
  @Property(tries = 100)
  void aSpanLeavesTheShiftsOfItsLastToken(
      Subject subject, Judge judge, @ForAll(supplier = SplitTexts.class) SplitText text) {
    judgeSpans(subject, judge, text, 1, List.of("blocks.0.att.shift", "blocks.0.ffn.shift"));
  }

  // After each span the whole text so far, and then one step, as tight as a step is.
  private static void judgeSpans(
      Subject subject, Judge judge, SplitText text, int layers, List<String> components) {
    try (LoadedModel model = subject.load(text.text().model().deep(layers));
        Session session = model.newSession()) {
      State before = session.snapshot();
      int length = 0;
      for (int i = 0; i < text.spans(); i++) {
        int[] span = text.span(i);
        session.prefill(span);
        length += span.length;
        if (length > 0) {
          State after = session.snapshot();
          Expected expected =
              model.oracle().span(before, text.text().span(0, length), model.errors());
          String where = "after %d tokens in %d spans".formatted(length, i + 1);
          components.forEach(name -> judge.component(where, expected, name, after));
        }
        try (Session next = session.fork()) {
          int token = text.text().token(0);
          model.judgedStep(judge, "step after span " + i, next, token, components);
        }
      }
    }
  }
}

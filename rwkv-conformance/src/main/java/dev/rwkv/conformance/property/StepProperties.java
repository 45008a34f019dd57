package dev.rwkv.conformance.property;

import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.conformance.generator.Edit;
import dev.rwkv.conformance.generator.ModelCase;
import dev.rwkv.conformance.generator.OneLayerModels;
import dev.rwkv.conformance.generator.Text;
import dev.rwkv.conformance.generator.Texts;
import dev.rwkv.conformance.report.Figure;
import dev.rwkv.conformance.report.Recorder;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Judge;
import dev.rwkv.reference.Expected;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Single steps against the oracle, each judged from the candidate's own states. What a state
 * exports shows the operators one by one: shifts are outputs of layer norms, and after the first
 * token the numerator is the value projection and the exponent the key projection.
 */
class StepProperties {
  private static final double SMALL = 0.003;

  @Verifies("RWKV-MOD-001")
  @Property(tries = 150)
  void everyStepIsWithinItsBounds(
      Subject subject, Judge judge, Recorder recorder, @ForAll(supplier = Texts.class) Text text) {
    try (LoadedModel model = subject.load(text.model());
        Session session = model.newSession()) {
      for (int i = 0; i < text.length(); i++) {
        model.judgedStep(judge, where(i, text), session, text.token(i));
        recorder.point(Figure.ERROR, "a step, worst of all models", i + 1, judge.shareOfStep());
      }
    }
  }

  @Verifies("RWKV-DOT-001")
  @Property(tries = 150)
  void theFirstNumeratorIsTheValueProjection(
      Subject subject, Judge judge, @ForAll(supplier = OneLayerModels.class) ModelCase model) {
    judgeFirstStep(subject, judge, model, "blocks.0.att.numerator");
  }

  @Verifies("RWKV-LNM-001")
  @Property(tries = 100)
  void theFirstShiftIsTwoLayerNormsOfTheEmbedding(
      Subject subject, Judge judge, @ForAll(supplier = OneLayerModels.class) ModelCase model) {
    judgeFirstStep(subject, judge, model, "blocks.0.att.shift");
  }

  @Verifies("RWKV-LNM-001")
  @Property(tries = 60)
  void epsilonCountsWhereTheVarianceIsSmall(
      Subject subject, Judge judge, @ForAll(supplier = OneLayerModels.class) ModelCase model) {
    // Variances of the order of epsilon, which in others is lost within the bound: first of what
    // ln0
    // is given, then of what ln1 is.
    ModelCase embedding = model.with(Edit.scale("emb.weight", SMALL));
    judgeFirstStep(subject, judge, embedding, "blocks.0.att.shift");
    ModelCase stream =
        model
            .with(Edit.scale("blocks.0.ln0.weight", SMALL))
            .with(Edit.scale("blocks.0.ln0.bias", SMALL));
    judgeFirstStep(subject, judge, stream, "blocks.0.att.shift");
  }

  private static void judgeFirstStep(
      Subject subject, Judge judge, ModelCase model, String component) {
    try (LoadedModel loaded = subject.load(model);
        Session session = loaded.newSession()) {
      int token = model.vocabulary() - 1;
      State before = session.snapshot();
      session.step(token);
      State after = session.snapshot();
      Expected expected = loaded.oracle().judge(before, token, after, loaded.errors());
      judge.component("first step, token " + token, expected, component, after);
    }
  }

  static String where(int step, Text text) {
    return "step %d (token %d)".formatted(step, text.token(step));
  }
}

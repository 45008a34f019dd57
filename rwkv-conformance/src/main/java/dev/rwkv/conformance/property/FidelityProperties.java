package dev.rwkv.conformance.property;

import dev.rwkv.Session;
import dev.rwkv.conformance.generator.ModelCase;
import dev.rwkv.conformance.generator.Text;
import dev.rwkv.conformance.generator.Texts;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Judge;
import dev.rwkv.conformance.tolerance.Violation;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Weights are those of the checkpoint, in the precision that was asked for. */
class FidelityProperties {
  private static final List<DType> PRECISIONS =
      List.of(
          DType.F32,
          DType.F16,
          DType.BF16,
          DType.Q8_0,
          DType.Q5_1,
          DType.Q5_0,
          DType.Q4_1,
          DType.Q4_0);

  @Verifies("RWKV-FID-001")
  @Property(tries = 50)
  void weightsAreUsedAsTheyAreStored(
      Subject subject, Judge judge, @ForAll(supplier = Texts.class) Text text) {
    for (DType stored : List.of(DType.F32, DType.F16, DType.BF16)) {
      ModelCase model = text.model().stored(stored);
      stepsAreThoseOf(subject, judge, model, LoadOptions.defaults(), stored, text);
    }
  }

  @Verifies("RWKV-FID-001")
  @Example
  void weightsAreHeldInThePrecisionThatWasAskedFor(Subject subject, Judge judge) {
    ModelCase model = ModelCase.of(2, 64, 96, 21, 7);
    Text text = Text.of(model, List.of(3, 20, 3));
    for (DType precision : PRECISIONS) {
      LoadOptions options = LoadOptions.defaults().withPrecision(precision);
      if (isAccepted(subject, model, options)) {
        stepsAreThoseOf(subject, judge, model, options, precision, text);
      }
    }
  }

  private static boolean isAccepted(Subject subject, ModelCase model, LoadOptions options) {
    try (Checkpoint checkpoint = model.open()) {
      return subject.provider().canLoad(checkpoint, options).isUsable();
    }
  }

  private static void stepsAreThoseOf(
      Subject subject,
      Judge judge,
      ModelCase model,
      LoadOptions options,
      DType precision,
      Text text) {
    try (LoadedModel loaded = subject.load(model, options);
        Session session = loaded.newSession()) {
      Violation.unless(
          loaded.model().precision() == precision,
          "weights in %s: precision() says %s"
              .formatted(precision.label(), loaded.model().precision().label()));
      for (int i = 0; i < text.length(); i++) {
        String where = "weights in " + precision.label() + ", " + StepProperties.where(i, text);
        loaded.judgedStep(judge, where, session, text.token(i));
      }
    }
  }
}

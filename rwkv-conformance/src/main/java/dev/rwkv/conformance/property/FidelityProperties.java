package dev.rwkv.conformance.property;

import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.checkpoint.Requantised;
import dev.rwkv.conformance.generator.AlteredCheckpoint;
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
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.MemorySegment;
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

  @Verifies("RWKV-FID-002")
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

  @Verifies("RWKV-FID-003")
  @Example
  void storedBlocksAreUsedAsTheyDecode(Subject subject, Judge judge) {
    ModelCase made = ModelCase.of(2, 64, 96, 21, 8);
    Text text = Text.of(made, List.of(5, 20, 5));
    for (DType stored : PRECISIONS.stream().filter(DType::isQuantised).toList()) {
      Checkpoint given = Requantised.of(made.open(), stored);
      if (!subject.provider().canLoad(given, LoadOptions.defaults()).isUsable()) {
        given.close();
        continue;
      }
      try (LoadedModel loaded = subject.load(given, Requantised.of(made.open(), stored));
          Session session = loaded.newSession()) {
        stepsAreRight(judge, loaded, session, "stored as " + stored.label(), text);
      }
    }
  }

  @Verifies("RWKV-FID-004")
  @Property(tries = 30)
  void aDecayThatIsStoredReadyIsTakenAsItIs(
      Subject subject, Judge judge, @ForAll(supplier = Texts.class) Text text) {
    try (LoadedModel loaded =
            subject.load(withReadyDecay(text.model()), withReadyDecay(text.model()));
        Session session = loaded.newSession()) {
      stepsAreRight(judge, loaded, session, "with att.decay", text);
    }
  }

  private static Checkpoint withReadyDecay(ModelCase model) {
    AlteredCheckpoint altered = new AlteredCheckpoint(model.open());
    for (int layer = 0; layer < model.layers(); layer++) {
      String block = "blocks." + layer + ".att.";
      TensorView raw = altered.tensor(block + "time_decay");
      double[] decay = raw.toDoubles();
      MemorySegment data = MemorySegment.ofArray(new byte[4 * decay.length]);
      for (int i = 0; i < decay.length; i++) {
        data.set(State.FLOAT, 4L * i, (float) -Math.exp(decay[i]));
      }
      altered
          .without(block + "time_decay")
          .with(TensorView.of(block + "decay", DType.F32, raw.shape(), data));
    }
    return altered;
  }

  private static void stepsAreRight(
      Judge judge, LoadedModel loaded, Session session, String what, Text text) {
    for (int i = 0; i < text.length(); i++) {
      String where = what + ", " + StepProperties.where(i, text);
      loaded.judgedStep(judge, where, session, text.token(i));
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
      stepsAreRight(judge, loaded, session, "weights in " + precision.label(), text);
    }
  }
}

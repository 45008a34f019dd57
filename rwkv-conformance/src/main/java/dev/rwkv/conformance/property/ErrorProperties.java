package dev.rwkv.conformance.property;

import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.conformance.generator.Edit;
import dev.rwkv.conformance.generator.ModelCase;
import dev.rwkv.conformance.generator.Text;
import dev.rwkv.conformance.generator.Texts;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Judge;
import dev.rwkv.conformance.tolerance.Violation;
import dev.rwkv.error.BackendException;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.error.NonFiniteException;
import dev.rwkv.error.StateException;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Numbers that are none, and what remains after errors. */
class ErrorProperties {
  // An infinite weight of others may end in 0 or 1 of a gate, or in 0 of an exponential.
  private static final List<String> STRAIGHT_TO_THE_LOGITS =
      List.of(
          "emb.weight",
          "blocks.0.att.value.weight",
          "blocks.0.att.output.weight",
          "blocks.0.ffn.value.weight",
          "ln_out.weight",
          "ln_out.bias",
          "head.weight");

  @Verifies("RWKV-ERR-001")
  @Property(tries = 30)
  void refusalsLeaveNoTrace(Subject subject, @ForAll(supplier = Texts.class) Text text) {
    try (LoadedModel model = subject.load(text.model());
        LoadedModel other = subject.load(text.model().with(Edit.scale("emb.weight", 2)));
        Session session = model.newSession();
        Session foreigner = other.newSession();
        Session untroubled = model.newSession()) {
      State foreign = foreigner.snapshot();
      for (int i = 0; i < text.length(); i++) {
        int wrong = i % 2 == 0 ? -1 - i : text.model().vocabulary() + i;
        Class<InvalidArgumentException> argument = InvalidArgumentException.class;
        Refusal.expect(argument, "step(" + wrong + ")", () -> session.step(wrong));
        Refusal.expect(argument, "prefill(0, " + wrong + ")", () -> session.prefill(0, wrong));
        Refusal.expect(
            StateException.class,
            "restore of a state of another model",
            () -> {
              session.restore(foreign);
              return null;
            });
        session.step(text.token(i));
        untroubled.step(text.token(i));
        Outcome.of(untroubled)
            .requireSame(Outcome.of(session), StepProperties.where(i, text) + " after refusals");
      }
    }
  }

  // Every tensor in every try: what launders a number may do so at one place alone, and in the body
  // of a kernel alone, where a tail that is right would hide it.
  @Verifies("RWKV-ERR-002")
  @Property(tries = 20)
  void aWeightThatIsNotFiniteIsNotLaundered(
      Subject subject, @ForAll @IntRange(max = 1_000_000) int seed) {
    ModelCase withoutTails = ModelCase.of(1, 32, 64, 32, seed);
    ModelCase tails = ModelCase.of(1, 5, 7, 9, seed);
    for (ModelCase model : List.of(withoutTails, tails)) {
      model.names().forEach(tensor -> isNotLaundered(subject, model, tensor, Double.NaN));
      STRAIGHT_TO_THE_LOGITS.forEach(
          tensor -> isNotLaundered(subject, model, tensor, Double.POSITIVE_INFINITY));
    }
  }

  private static void isNotLaundered(
      Subject subject, ModelCase model, String tensor, double number) {
    Edit spoiled = Edit.fill(tensor, number);
    Checkpoint checkpoint = withKeysAboveZero(model, tensor).with(spoiled).open();
    Model loaded;
    try {
      loaded = subject.provider().load(checkpoint, LoadOptions.defaults());
    } catch (CheckpointException | BackendException e) {
      checkpoint.close();
      return; // a backend may look at its weights before
    }
    try (loaded;
        Session session = loaded.newSession()) {
      Refusal.expect(
          NonFiniteException.class,
          "a step with " + spoiled,
          () -> {
            session.step(2);
            return session.step(2);
          });
      session.reset();
      Refusal.expect(
          NonFiniteException.class, "a span with " + spoiled, () -> session.prefill(2, 2, 2));
    }
  }

  // What multiplies ffn.value must not be 0, which may be skipped: it is the sum of ln2's outputs.
  private static ModelCase withKeysAboveZero(ModelCase model, String tensor) {
    if (!tensor.endsWith("ffn.value.weight")) {
      return model;
    }
    String block = tensor.substring(0, tensor.indexOf("ffn."));
    return model
        .with(Edit.fill(block + "ln2.weight", 0))
        .with(Edit.fill(block + "ln2.bias", 1))
        .with(Edit.fill(block + "ffn.time_mix_k", 1))
        .with(Edit.fill(block + "ffn.key.weight", 0.5));
  }

  @Verifies("RWKV-ERR-003")
  @Property(tries = 40)
  void aSpoiledSessionIsRightAfterAReset(
      Subject subject, Judge judge, @ForAll(supplier = Texts.class) Text text) {
    int vocabulary = text.model().vocabulary();
    if (vocabulary < 2) {
      return;
    }
    // The last token's row of the embedding alone is spoiled.
    int index = (vocabulary - 1) * text.model().width();
    ModelCase broken = text.model().with(Edit.set("emb.weight", index, Double.NaN));
    try (LoadedModel model = subject.load(broken);
        Session session = model.newSession()) {
      session.step(0);
      State good = session.snapshot();
      Refusal.expect(
          NonFiniteException.class,
          "a step of the token whose embedding is NaN",
          () -> session.step(vocabulary - 1));
      session.reset();
      model.judgedStep(judge, "the first step after a reset", session, 0);
      Refusal.expect(
          NonFiniteException.class,
          "a step of the token whose embedding is NaN",
          () -> session.step(vocabulary - 1));
      session.restore(good);
      Violation.unless(
          session.snapshot().equals(good), "a state is restored, but not what is saved again");
      model.judgedStep(judge, "the first step after restoring", session, 0);
    }
  }
}

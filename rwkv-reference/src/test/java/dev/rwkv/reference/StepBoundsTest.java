package dev.rwkv.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.error.StateException;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.testing.SharedData;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whole steps in single precision stay within the bounds that are stated for them, and steps of a
 * model that is wrong do not.
 */
class StepBoundsTest {
  private static final int VOCABULARY = 17;

  @Property(tries = 150)
  void aFloatStepIsWithinItsBounds(
      @ForAll @IntRange(min = 1, max = 4) int layers,
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll FloatDot order,
      @ForAll long seed) {
    try (Checkpoint checkpoint =
        SyntheticModel.of(layers, width, VOCABULARY, DType.F32, seed).open()) {
      Oracle oracle = Oracle.of(checkpoint);
      FloatModel candidate = new FloatModel(checkpoint);
      Random random = new Random(seed);
      State state = candidate.initial();
      for (int t = 0; t < 6; t++) {
        int token = random.nextInt(VOCABULARY);
        FloatModel.Step step = candidate.step(state, token, order);
        assertWithin(oracle.step(state, token, ErrorModel.F32), step);
        assertWithin(oracle.judge(state, token, step.after(), ErrorModel.F32), step);
        assertWithin(
            oracle.judge(state, token, step.after(), ErrorModel.F32.probabilistic()), step);
        state = step.after();
      }
    }
  }

  @Property(tries = 50)
  void aFloatSpanIsWithinItsBounds(
      @ForAll @IntRange(min = 1, max = 3) int layers,
      @ForAll @IntRange(min = 1, max = 12) int width,
      @ForAll @IntRange(min = 1, max = 12) int count,
      @ForAll FloatDot order,
      @ForAll long seed) {
    try (Checkpoint checkpoint =
        SyntheticModel.of(layers, width, VOCABULARY, DType.F32, seed).open()) {
      FloatModel candidate = new FloatModel(checkpoint);
      int[] tokens = new Random(seed).ints(count, 0, VOCABULARY).toArray();
      FloatModel.Step step = new FloatModel.Step(new float[0], candidate.initial());
      for (int token : tokens) {
        step = candidate.step(step.after(), token, order);
      }
      Oracle oracle = Oracle.of(checkpoint);
      assertWithin(oracle.span(candidate.initial(), tokens, ErrorModel.F32), step);
    }
  }

  @Property(tries = 30)
  void anotherDoubleImplementationIsWithinTheBoundsForDouble(
      @ForAll @IntRange(min = 1, max = 3) int layers,
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll long seed) {
    SyntheticModel synthetic = SyntheticModel.of(layers, width, VOCABULARY, DType.F32, seed);
    PatchedCheckpoint mirrored = new PatchedCheckpoint(synthetic.open()).mirrored();
    try (Checkpoint checkpoint = synthetic.open();
        Model model = new ReferenceProvider().load(mirrored, LoadOptions.defaults());
        Session session = model.newSession()) {
      Oracle oracle = Oracle.of(checkpoint);
      Random random = new Random(seed);
      for (int t = 0; t < 6; t++) {
        int token = random.nextInt(VOCABULARY);
        State before = mirrored(session.snapshot());
        double[] logits = session.step(token).toDoubles();
        State after = mirrored(session.snapshot());
        Expected judged = oracle.judge(before, token, after, ErrorModel.F64);
        assertThat(judged.logits().utilisation(logits)).isLessThanOrEqualTo(1);
        assertThat(judged.utilisation(after).values()).allMatch(share -> share <= 1);
        if (width >= 16) { // a norm of few channels may divide by little more than √ε
          assertThat(max(judged.logits().errors())).isLessThan(1e-9);
        }
      }
    }
  }

  private static State mirrored(State state) {
    double[] values = new double[(int) state.layout().elements()];
    state
        .layout()
        .components()
        .forEach(component -> {
          double[] part = state.component(component.name()).toDoubles();
          int offset = (int) state.layout().offset(component.name());
          for (int i = 0; i < part.length; i++) {
            values[offset + i] = part[part.length - 1 - i];
          }
        });
    return State.ofValues(state.layout(), state.fingerprint(), state.dtype(), values);
  }

  @ParameterizedTest
  @EnumSource(FloatDot.class)
  void everyFloatStepOfTheMiniModelIsWithinUsefulBounds(FloatDot order) {
    GoldenTest.Golden golden = GoldenTest.Golden.of("mini-v4-a-fp32");
    try (golden;
        Checkpoint checkpoint =
            Checkpoint.open(SharedData.path("models/mini-v4-a-fp32.safetensors"))) {
      Oracle oracle = Oracle.of(checkpoint);
      FloatModel candidate = new FloatModel(checkpoint);
      State state = candidate.initial();
      int certain = 0;
      for (int token : golden.tokens()) {
        FloatModel.Step step = candidate.step(state, token, order);
        Expected judged = oracle.judge(state, token, step.after(), ErrorModel.F32);
        assertWithin(judged, step);
        // The proven bound is below a hundredth of the logits, the probable one below 10⁻⁴.
        double size = max(judged.logits().values());
        assertThat(max(judged.logits().errors())).isLessThan(0.01 * size);
        Expected probable =
            oracle.judge(state, token, step.after(), ErrorModel.F32.probabilistic());
        assertWithin(probable, step);
        assertThat(max(probable.logits().errors())).isLessThan(1e-4 * size);
        certain += judged.argmaxIsCertain() ? 1 : 0;
        state = step.after();
      }
      assertThat(certain).isGreaterThan(80);
    }
  }

  @Test
  void aModelWithoutTheBonusIsCaught() {
    assertCaught(c -> c.map("blocks.1.att.time_first", u -> 0));
  }

  @Test
  void aDecayOffByAThousandthIsCaught() {
    assertCaught(c -> c.map("blocks.0.att.time_decay", w -> w + 1e-3));
  }

  @Test
  void aDroppedTailOfOneMatrixIsCaught() {
    assertCaught(c -> c.set("blocks.1.att.key.weight", 95, 0)); // the last column of the first row
  }

  @Test
  void aNormWithAnotherGainIsCaught() {
    assertCaught(c -> c.map("blocks.2.ln2.weight", g -> g * 1.001));
  }

  @Test
  void matricesRoundedToBf16AreCaught() {
    assertCaught(c ->
        c.map(
            "blocks.0.att.value.weight",
            x -> Float.intBitsToFloat(Float.floatToIntBits((float) x) & 0xffff0000)));
  }

  /** A candidate with this mistake leaves its bounds somewhere within 20 tokens. */
  private static void assertCaught(UnaryOperator<PatchedCheckpoint> mistake) {
    try (Checkpoint checkpoint = SyntheticModel.of(3, 96, VOCABULARY, DType.F32, 4).open()) {
      Oracle oracle = Oracle.of(checkpoint);
      FloatModel wrong = new FloatModel(mistake.apply(new PatchedCheckpoint(checkpoint)));
      State state = wrong.initial();
      double worst = 0;
      for (int t = 0; t < 20; t++) {
        FloatModel.Step step = wrong.step(state, t % VOCABULARY, FloatDot.PAIRWISE);
        Expected judged = oracle.judge(state, t % VOCABULARY, step.after(), ErrorModel.F32);
        worst = Math.max(worst, Collections.max(judged.utilisation(step.after()).values()));
        state = step.after();
      }
      assertThat(worst).isGreaterThan(1);
    }
  }

  @Test
  void whatCannotBeJudgedIsRefused() {
    try (Checkpoint checkpoint = SyntheticModel.of(1, 8, VOCABULARY, DType.F32, 4).open();
        Checkpoint other = SyntheticModel.of(2, 8, VOCABULARY, DType.F32, 4).open()) {
      Oracle oracle = Oracle.of(checkpoint);
      State state = new FloatModel(checkpoint).initial();
      State foreign = new FloatModel(other).initial();
      assertThatThrownBy(() -> oracle.step(state, VOCABULARY, ErrorModel.F32))
          .isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> oracle.step(foreign, 1, ErrorModel.F32))
          .isInstanceOf(StateException.class);
      assertThatThrownBy(() -> oracle.judge(state, 1, foreign, ErrorModel.F32))
          .isInstanceOf(StateException.class);
      assertThatThrownBy(() -> oracle.span(state, new int[0], ErrorModel.F32))
          .isInstanceOf(InvalidArgumentException.class);
    }
  }

  private static void assertWithin(Expected expected, FloatModel.Step step) {
    assertThat(expected.logits().utilisation(FloatEquations.widened(step.logits())))
        .as("logits")
        .isLessThanOrEqualTo(1);
    for (Map.Entry<String, Double> share : expected.utilisation(step.after()).entrySet()) {
      assertThat(share.getValue()).as(share.getKey()).isLessThanOrEqualTo(1);
    }
  }

  private static double max(double[] x) {
    return Arrays.stream(x).map(Math::abs).max().orElse(0);
  }
}

package dev.rwkv.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.checkpoint.architecture.TensorSpec;
import dev.rwkv.reference.Bounded;
import dev.rwkv.reference.gradient.EarlierToken;
import dev.rwkv.reference.gradient.GradientOracle;
import dev.rwkv.reference.gradient.GradientTolerance;
import dev.rwkv.reference.gradient.TrainingBatch;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.testing.SharedData;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Against automatic differentiation, within what f32 may do to it (docs/numerics.md, section 8).
 */
class GradientAccuracyTest {

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void goldensAreMetForEveryParameter(boolean l2Wrap) {
    try (Checkpoint model = Checkpoint.open(SharedData.path("models/mini-v4-a-fp32.safetensors"));
        Checkpoint golden =
            Checkpoint.open(SharedData.path("models/mini-v4-a-fp32.gradients.safetensors"))) {
      Batch batch = new Batch(2, 12, ids(golden, "tokens"), ids(golden, "targets"));
      GradientTolerance tolerance =
          GradientOracle.of(model).f32Tolerance(batchOf(batch, l2Wrap, List.of()));
      Parameters weights = Parameters.of(model);
      Parameters found = new Parameters(weights.config());
      double loss = gradients(weights, batch, l2Wrap, found);
      double[] goldenLoss = golden.tensor("loss").toDoubles();
      assertThat(Math.abs(loss - goldenLoss[0])).isLessThan(tolerance.loss().error(0));
      String prefix = l2Wrap ? "grad_l2wrap." : "grad.";
      for (TensorSpec spec : weights.specs()) {
        double[] expected = golden.tensor(prefix + spec.name()).toDoubles();
        Bounded bound = tolerance.gradient(spec.name());
        float[] values = found.values(spec.name());
        for (int i = 0; i < expected.length; i++) {
          assertThat(Math.abs(values[i] - expected[i]))
              .as("%s[%d]", spec.name(), i)
              .isLessThan(bound.error(i));
        }
      }
    }
  }

  @Property(tries = 12)
  void randomModelsAreWithinTheTolerance(
      @ForAll @IntRange(min = 1, max = 3) int layers,
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll @IntRange(min = 1, max = 70) int feedForward,
      @ForAll @IntRange(min = 2, max = 40) int vocabulary,
      @ForAll @IntRange(min = 1, max = 3) int texts,
      @ForAll @IntRange(min = 1, max = 20) int length,
      @ForAll boolean l2Wrap,
      @ForAll long seed) {
    Parameters weights = RandomWeights.of(layers, width, feedForward, vocabulary, seed);
    check(weights, RandomWeights.batch(texts, length, vocabulary, seed), l2Wrap);
  }

  /** Decays from none at all to e^6 a token, keys of thousands. */
  @Property(tries = 8)
  void extremeDecaysAndKeysAreWithinTheTolerance(
      @ForAll @IntRange(min = 1, max = 33) int width, @ForAll long seed) {
    Parameters weights = RandomWeights.of(2, width, 20, 11, seed);
    Random random = new Random(seed);
    for (int layer = 0; layer < 2; layer++) {
      float[] decay = weights.values("blocks." + layer + ".att.time_decay");
      float[] bonus = weights.values("blocks." + layer + ".att.time_first");
      for (int i = 0; i < decay.length; i++) {
        decay[i] = random.nextInt(4) == 0 ? -100 : random.nextFloat() * 12 - 6;
        bonus[i] = random.nextFloat() * 20 - 10;
      }
      float[] keys = weights.values("blocks." + layer + ".att.key.weight");
      for (int i = 0; i < keys.length; i++) {
        keys[i] *= layer == 0 ? 1000 : 30;
      }
    }
    check(weights, RandomWeights.batch(2, 9, 11, seed), false);
  }

  @Property(tries = 8)
  void theGradientByTheStateThatTextsStartFromIsWithinTheTolerance(
      @ForAll @IntRange(min = 1, max = 33) int width,
      @ForAll @IntRange(min = 1, max = 12) int length,
      @ForAll long seed) {
    Parameters weights = RandomWeights.of(2, width, 24, 17, seed);
    isCovered(weights);
    Batch batch = RandomWeights.batch(2, length, 17, seed);
    InitialState state = RandomWeights.state(weights.config(), seed);
    InitialState found = new InitialState(weights.config());
    double loss;
    try (GradientModel model = GradientModel.of(weights.config(), 2)) {
      loss = model.stateGradients(weights, state, batch, found);
      assertThat(model.stateLoss(weights, state, batch)).isEqualTo(loss);
    }
    List<EarlierToken> start = new ArrayList<>();
    for (int layer = 0; layer < weights.config().layers(); layer++) {
      InitialState.Layer part = state.layer(layer);
      start.add(
          new EarlierToken(
              doubles(part.timeShift()),
              doubles(part.value()),
              doubles(part.key()),
              doubles(part.channelShift())));
    }
    GradientTolerance tolerance =
        GradientOracle.of(RandomWeights.checkpoint(weights))
            .f32Tolerance(batchOf(batch, false, start));
    assertThat(Math.abs(loss - tolerance.loss().value(0))).isLessThan(tolerance.loss().error(0));
    for (int layer = 0; layer < weights.config().layers(); layer++) {
      InitialState.Layer part = found.layer(layer);
      within(tolerance, EarlierToken.Part.TIME_MIX_SHIFT.name(layer), part.timeShift());
      within(tolerance, EarlierToken.Part.VALUE.name(layer), part.value());
      within(tolerance, EarlierToken.Part.KEY.name(layer), part.key());
      within(tolerance, EarlierToken.Part.CHANNEL_MIX_SHIFT.name(layer), part.channelShift());
    }
  }

  // Two channels become +1 and −1 whatever they are: what goes back through a layer norm is then
  // nothing but what ε leaves of two equal terms, and the tolerance does not cover it.
  private static void isCovered(Parameters weights) {
    Assume.that(weights.config().width() != 2);
  }

  private static void check(Parameters weights, Batch batch, boolean l2Wrap) {
    isCovered(weights);
    Parameters found = new Parameters(weights.config());
    double loss = gradients(weights, batch, l2Wrap, found);
    GradientTolerance tolerance =
        GradientOracle.of(RandomWeights.checkpoint(weights))
            .f32Tolerance(batchOf(batch, l2Wrap, List.of()));
    assertThat(Math.abs(loss - tolerance.loss().value(0))).isLessThan(tolerance.loss().error(0));
    for (TensorSpec spec : weights.specs()) {
      within(tolerance, spec.name(), found.values(spec.name()));
    }
  }

  private static void within(GradientTolerance tolerance, String name, float[] found) {
    assertThat(tolerance.utilisation(name, found)).as(name).isLessThan(1);
  }

  private static double gradients(
      Parameters weights, Batch batch, boolean l2Wrap, Parameters found) {
    try (GradientModel model = GradientModel.of(weights.config(), 2)) {
      return model.gradients(
          weights, batch, l2Wrap ? Regularisation.L2_WRAP : Regularisation.NONE, found);
    }
  }

  private static TrainingBatch batchOf(Batch batch, boolean l2Wrap, List<EarlierToken> start) {
    return new TrainingBatch(
        batch.texts(), batch.length(), batch.tokens(), batch.targets(), l2Wrap, start);
  }

  private static double[] doubles(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  private static int[] ids(Checkpoint golden, String name) {
    double[] stored = golden.tensor(name).toDoubles();
    return LongStream.range(0, stored.length).mapToInt(i -> (int) stored[(int) i]).toArray();
  }
}

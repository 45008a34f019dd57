package dev.rwkv.reference.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.reference.Bounded;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Gradients computed in single precision are within the tolerance, and those of a mistake are not.
 */
class GradientToleranceTest {
  private static final DoubleCheckpoint MODEL = FiniteDifferenceTest.model(3, 33, 70, 5);
  private static final TrainingBatch BATCH = FiniteDifferenceTest.batch(2, 24, 5, List.of());
  private static final GradientTolerance TOLERANCE = GradientOracle.of(MODEL).f32Tolerance(BATCH);

  @ParameterizedTest
  @EnumSource
  void honestFloatGradientsAreWithin(FloatRounding rounding) {
    Gradients candidate = GradientOracle.of(MODEL).gradients(BATCH, rounding);
    assertThat(shares(TOLERANCE, candidate).values()).allMatch(share -> share <= 1);
    assertThat(TOLERANCE.loss().utilisation(new double[] {candidate.loss()})).isLessThan(1);
    // Nor is it so wide that they use next to nothing of it.
    assertThat(shares(TOLERANCE, candidate).values()).anyMatch(share -> share > 0.1);
  }

  @Property(tries = 12)
  void honestFloatGradientsOfOtherModelsAreWithin(
      @ForAll @IntRange(min = 1, max = 3) int layers,
      @ForAll @IntRange(min = 4, max = 24) int width,
      @ForAll @IntRange(min = 1, max = 3) int texts,
      @ForAll @IntRange(min = 1, max = 16) int length,
      @ForAll FloatRounding rounding,
      @ForAll long seed) {
    GradientOracle oracle =
        GradientOracle.of(FiniteDifferenceTest.model(layers, width, 3 * width, seed));
    TrainingBatch batch = FiniteDifferenceTest.batch(texts, length, seed, List.of());
    Map<String, Double> shares =
        shares(oracle.f32Tolerance(batch), oracle.gradients(batch, rounding));
    assertThat(shares.values()).as("%s", shares).allMatch(share -> share <= 1);
  }

  @Property(tries = 60)
  void honestFloatGradientsOfWkvAreWithin(
      @ForAll @IntRange(min = 1, max = 40) int tokens,
      @ForAll @DoubleRange(min = 0, max = 1e4) double keySize,
      @ForAll FloatRounding rounding,
      @ForAll long seed) {
    WkvGradients wkv = rounded(WkvGradientsTest.random(tokens, 5, keySize, seed));
    Map<String, Double> shares =
        shares(GradientTolerance.f32(wkv::gradients), wkv.gradients(rounding));
    assertThat(shares.values()).as("%s", shares).allMatch(share -> share <= 1);
  }

  @Test
  void theSameSeedGivesTheSameTolerance() {
    GradientTolerance again = GradientOracle.of(MODEL).f32Tolerance(BATCH);
    for (String name : TOLERANCE.names()) {
      assertThat(again.gradient(name).errors()).isEqualTo(TOLERANCE.gradient(name).errors());
    }
  }

  @Test
  void theToleranceIsSmallAgainstEveryTensor() {
    for (String name : TOLERANCE.names()) {
      Bounded gradient = TOLERANCE.gradient(name);
      assertThat(rootMeanSquare(gradient.errors()))
          .as(name)
          .isLessThan(1e-4 * rootMeanSquare(gradient.values()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "att.time_first",
    "att.time_decay",
    "att.time_mix_k",
    "att.key.weight",
    "ffn.value.weight",
    "ln1.weight",
    "ffn.time_mix_r",
    "att.output.weight"
  })
  void aGradientThatIsOffByATenthOfAPercentIsCaught(String name) {
    for (int layer = 0; layer < 3; layer++) {
      Bounded gradient = TOLERANCE.gradient("blocks." + layer + "." + name);
      double[] wrong = Arrays.stream(gradient.values()).map(g -> g * 1.001).toArray();
      assertThat(gradient.utilisation(wrong)).isGreaterThan(5);
    }
  }

  @Test
  void oneMatrixRoundedToBf16IsCaught() {
    assertCaught(model ->
        model.map(
            "blocks.1.att.value.weight",
            x -> Float.intBitsToFloat(Float.floatToIntBits((float) x) & 0xffff0000)));
  }

  @Test
  void oneDroppedWeightIsCaught() {
    assertCaught(model -> model.values("blocks.1.ffn.key.weight")[32] = 0);
  }

  @Test
  void aDecayOffByAThousandthIsCaught() {
    assertCaught(model -> model.map("blocks.0.att.time_decay", d -> d + 1e-3));
  }

  @Test
  void aGainOffByATenThousandthIsCaught() {
    assertCaught(model -> model.map("blocks.2.ln2.weight", g -> g * (1 + 1e-4)));
  }

  @Test
  void anIgnoredL2WrapIsCaught() {
    TrainingBatch wrapped =
        new TrainingBatch(BATCH.texts(), BATCH.length(), BATCH.tokens(), BATCH.targets(), true);
    GradientTolerance tolerance = GradientOracle.of(MODEL).f32Tolerance(wrapped);
    Gradients wrong = GradientOracle.of(MODEL).gradients(BATCH);
    assertThat(tolerance.gradient("head.weight").utilisation(wrong.gradient("head.weight")))
        .isGreaterThan(2);
    // and an honest one with it is within
    Gradients right = GradientOracle.of(MODEL).gradients(wrapped, FloatRounding.EIGHT_LANES);
    assertThat(shares(tolerance, right).values()).allMatch(share -> share <= 1);
  }

  @Test
  void gradientsThatDoNotFlowThroughTheStateAreCaught() {
    int half = 5;
    WkvGradients wkv = rounded(WkvGradientsTest.random(2 * half, 3, 2, 11));
    GradientTolerance tolerance = GradientTolerance.f32(wkv::gradients);
    WkvGradients first = tokens(wkv, 0, half);
    double[] muted = wkv.outputGradient().clone();
    Arrays.fill(muted, 3 * half, muted.length, 0);
    WkvGradients stopped =
        new WkvGradients(3, wkv.decay(), wkv.bonus(), wkv.keys(), wkv.values(), muted);
    // What the second half's outputs say about the first half's keys and values is dropped.
    for (String name : List.of(WkvGradients.KEYS, WkvGradients.VALUES)) {
      double[] right = tolerance.gradient(name).values();
      double[] wrong = stopped.gradients(Rounding.DOUBLE).gradient(name);
      assertThat(Arrays.copyOf(wrong, 3 * half))
          .isEqualTo(first.gradients(Rounding.DOUBLE).gradient(name));
      System.arraycopy(right, 3 * half, wrong, 3 * half, 3 * half);
      assertThat(tolerance.gradient(name).utilisation(wrong)).isGreaterThan(1000);
    }
  }

  private static WkvGradients tokens(WkvGradients wkv, int from, int to) {
    int c = wkv.channels();
    return new WkvGradients(
        c,
        wkv.decay(),
        wkv.bonus(),
        Arrays.copyOfRange(wkv.keys(), from * c, to * c),
        Arrays.copyOfRange(wkv.values(), from * c, to * c),
        Arrays.copyOfRange(wkv.outputGradient(), from * c, to * c));
  }

  @Test
  void whatCannotBeComparedIsRefused() {
    assertThatThrownBy(() -> TOLERANCE.gradient("blocks.7.ln1.weight"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("blocks.7.ln1.weight");
    assertThatThrownBy(() -> TOLERANCE.utilisation("ln_out.bias", new float[2]))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void notANumberIsNeverWithin() {
    float[] nan = new float[33];
    Arrays.fill(nan, Float.NaN);
    assertThat(TOLERANCE.utilisation("ln_out.bias", nan)).isInfinite();
  }

  /** A float computation with this mistake in it leaves the tolerance somewhere. */
  private static void assertCaught(Consumer<DoubleCheckpoint> mistake) {
    DoubleCheckpoint wrong = new DoubleCheckpoint(MODEL);
    mistake.accept(wrong);
    Gradients gradients = GradientOracle.of(wrong).gradients(BATCH, FloatRounding.EIGHT_LANES);
    assertThat(shares(TOLERANCE, gradients).values()).anyMatch(share -> share > 2);
  }

  private static Map<String, Double> shares(GradientTolerance tolerance, Gradients candidate) {
    Map<String, Double> shares = new TreeMap<>();
    for (String name : tolerance.names()) {
      shares.put(name, tolerance.gradient(name).utilisation(candidate.gradient(name)));
    }
    return shares;
  }

  /** With operands that a float can hold. */
  private static WkvGradients rounded(WkvGradients wkv) {
    return new WkvGradients(
        wkv.channels(),
        rounded(wkv.decay()),
        rounded(wkv.bonus()),
        rounded(wkv.keys()),
        rounded(wkv.values()),
        rounded(wkv.outputGradient()));
  }

  private static double[] rounded(double[] x) {
    return Arrays.stream(x).map(value -> (float) value).toArray();
  }

  private static double rootMeanSquare(double[] x) {
    return Math.sqrt(Arrays.stream(x).map(value -> value * value).average().orElse(0));
  }
}

package dev.rwkv.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.Model;
import dev.rwkv.ModelConfig;
import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.checkpoint.Requantised;
import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.reference.ErrorModel;
import dev.rwkv.reference.Expected;
import dev.rwkv.reference.Oracle;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.vector.kernel.Kernels;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import jdk.incubator.vector.VectorShape;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whole models against the oracle, within the bounds that it derives. */
class OracleTest {

  /** The widths that kernels exist for. */
  enum Width {
    BITS_128(VectorShape.S_128_BIT),
    BITS_256(VectorShape.S_256_BIT),
    BITS_512(VectorShape.S_512_BIT);

    final VectorShape shape;

    Width(VectorShape shape) {
      this.shape = shape;
    }

    Kernels kernels() {
      return Kernels.of(shape);
    }
  }

  @Property(tries = 40)
  void aStepOfAModelOfAnySizeIsWithinTheBounds(
      @ForAll @IntRange(min = 1, max = 3) int layers,
      @ForAll @IntRange(min = 1, max = 150) int channels,
      @ForAll @IntRange(min = 1, max = 300) int hidden,
      @ForAll @IntRange(min = 1, max = 90) int vocabulary,
      @ForAll Width width,
      @ForAll @IntRange(min = 1, max = 3) int threads,
      @ForAll long seed) {
    ModelConfig config = ModelConfig.of("rwkv-4", layers, channels, hidden, vocabulary);
    stepsAreWithinTheBounds(config, DType.F32, DType.F32, width, threads, seed);
  }

  @InEveryPrecision
  void aStepIsWithinTheBoundsInEveryPrecisionAndWidth(DType precision) {
    ModelConfig config = ModelConfig.of("rwkv-4", 2, 96, 160, 77);
    for (Width width : Width.values()) {
      stepsAreWithinTheBounds(config, DType.F32, precision, width, 2, 7);
    }
  }

  // The state before a token is that after a shorter span: FormsTest shows that they agree.
  @InEveryPrecision
  void aSpanIsWithinTheBoundsInEveryPrecisionAndWidth(DType precision) {
    ModelConfig config = ModelConfig.of("rwkv-4", 2, 96, 160, 77);
    int[] tokens = new Random(3).ints(18, 0, config.vocabulary()).toArray();
    LoadOptions options = LoadOptions.defaults().withPrecision(precision).withThreads(2);
    for (Width width : Width.values()) {
      SyntheticModel synthetic = new SyntheticModel(config, DType.F32, 11);
      try (Checkpoint exact = Requantised.of(synthetic.open(), precision);
          Model model = VectorModel.load(synthetic.open(), options, width.kernels());
          Session session = model.newSession()) {
        Oracle oracle = Oracle.of(exact);
        session.prefill(Arrays.copyOf(tokens, 2));
        State before = session.snapshot();
        for (int count = 3; count <= tokens.length; count++) {
          session.reset();
          session.prefill(Arrays.copyOf(tokens, count));
          State after = session.snapshot();
          Expected expected = oracle.judge(before, tokens[count - 1], after, ErrorModel.F32);
          assertWithin(expected, session.logits().toDoubles(), after);
          before = after;
        }
      }
    }
  }

  private static void stepsAreWithinTheBounds(
      ModelConfig config, DType stored, DType precision, Width width, int threads, long seed) {
    SyntheticModel synthetic = new SyntheticModel(config, stored, seed);
    LoadOptions options = LoadOptions.defaults().withPrecision(precision).withThreads(threads);
    try (Checkpoint exact = Requantised.of(synthetic.open(), precision);
        Model model = VectorModel.load(synthetic.open(), options, width.kernels());
        Session session = model.newSession()) {
      assertThat(model.precision()).isEqualTo(precision);
      Oracle oracle = Oracle.of(exact);
      Random random = new Random(seed);
      State before = session.snapshot();
      for (int t = 0; t < 5; t++) {
        int token = random.nextInt(config.vocabulary());
        double[] logits = session.step(token).toDoubles();
        State after = session.snapshot();
        assertWithin(oracle.judge(before, token, after, ErrorModel.F32), logits, after);
        before = after;
      }
    }
  }

  static void assertWithin(Expected expected, double[] logits, State after) {
    assertThat(expected.logits().utilisation(logits)).as("logits").isLessThanOrEqualTo(1);
    for (Map.Entry<String, Double> share : expected.utilisation(after).entrySet()) {
      assertThat(share.getValue()).as(share.getKey()).isLessThanOrEqualTo(1);
    }
  }
}

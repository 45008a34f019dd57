package dev.rwkv.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rwkv.Model;
import dev.rwkv.ModelConfig;
import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.checkpoint.architecture.Architectures;
import dev.rwkv.checkpoint.architecture.Rwkv4Weights;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.error.NonFiniteException;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Causal traces against brute force, and what must hold of them whatever the model. */
class CausalTraceTest {
  private static final int VOCABULARY = 13;
  private static final CausalTrace.Listener NOBODY = (done, total) -> {};

  /** Both forms in double precision, on models of few layers: as the forms agree elsewhere. */
  private static final double TOLERANCE = 1e-11;

  private static Checkpoint model(int layers, int width, long seed) {
    ModelConfig config = ModelConfig.of("rwkv-4", layers, width, 3 * width + 1, VOCABULARY);
    return new SyntheticModel(config, DType.F32, seed).open();
  }

  private static int[] tokens(int count, long seed) {
    return new SplittableRandom(seed).ints(count, 0, VOCABULARY).toArray();
  }

  /** With the whole prompt recomputed for every place, layer by layer, in the parallel form. */
  private static CausalTrace.Result bruteForce(
      Checkpoint checkpoint, CausalTrace.Experiment asked, double deviation) {
    Rwkv4Weights weights = Rwkv4Weights.of(checkpoint);
    int layers = weights.config().layers();
    int length = asked.tokens().length;
    SplittableRandom random = new SplittableRandom(asked.seed());
    double[][] rows = new double[length][];
    double[] table = weights.embedding().toDoubles();
    int width = weights.config().width();
    for (int t = 0; t < length; t++) {
      rows[t] =
          Arrays.copyOfRange(table, asked.tokens()[t] * width, (asked.tokens()[t] + 1) * width);
    }
    Bounded[][] clean = new Bounded[layers][];
    double cleanProbability = parallel(checkpoint, rows, asked.answer(), -1, -1, clean);
    double corrupted = 0;
    double[][] restored = new double[length][layers];
    for (int sample = 0; sample < asked.samples(); sample++) {
      double[][] noisy = Stream.of(rows).map(double[]::clone).toArray(double[][]::new);
      for (int t = asked.subjectFrom(); t < asked.subjectTo(); t++) {
        for (int i = 0; i < width; i++) {
          noisy[t][i] += asked.noise() * deviation * random.nextGaussian();
        }
      }
      corrupted += parallel(checkpoint, noisy, asked.answer(), -1, -1, clean) / asked.samples();
      for (int t = 0; t < length; t++) {
        for (int layer = 0; layer < layers; layer++) {
          restored[t][layer] +=
              parallel(checkpoint, noisy, asked.answer(), t, layer, clean) / asked.samples();
        }
      }
    }
    return new CausalTrace.Result(cleanProbability, corrupted, restored);
  }

  /** Keeps the streams in {@code clean} where it is still empty. */
  private static double parallel(
      Checkpoint checkpoint, double[][] rows, int answer, int token, int layer, Bounded[][] clean) {
    Rwkv4Weights weights = Rwkv4Weights.of(checkpoint);
    double epsilon = weights.config().layerNormEpsilon();
    List<LayerState> start =
        LayerStates.of(
            State.initial(
                Architectures.of(checkpoint).stateLayout(weights.config()),
                checkpoint.fingerprint(),
                DType.F64),
            clean.length);
    LayerNorm norm = Block.norm(weights.embeddingNorm(), epsilon);
    Bounded[] x =
        Stream.of(rows)
            .map(row -> norm.apply(Bounded.exact(row), ErrorModel.NONE))
            .toArray(Bounded[]::new);
    for (int l = 0; l < clean.length; l++) {
      x = Block.of(weights.layers().get(l), epsilon).span(x, start.get(l), ErrorModel.NONE).x();
      if (clean[l] == null) {
        clean[l] = x.clone();
      }
      if (l == layer) {
        x[token] = clean[l][token];
      }
    }
    Bounded last =
        Block.norm(weights.outputNorm(), epsilon).apply(x[x.length - 1], ErrorModel.NONE);
    double[] logits = MatrixVector.apply(weights.head(), last, ErrorModel.NONE).values();
    double sum = Arrays.stream(logits).map(Math::exp).sum();
    return Math.exp(logits[answer]) / sum;
  }

  @Property(tries = 40)
  void everyPlaceMeetsBruteForce(
      @ForAll @IntRange(min = 1, max = 4) int layers,
      @ForAll @IntRange(min = 1, max = 9) int width,
      @ForAll @IntRange(min = 1, max = 7) int length,
      @ForAll @IntRange(min = 1, max = 3) int samples,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int from = random.nextInt(length);
    int to = random.nextInt(from + 1, length + 1);
    CausalTrace.Experiment experiment =
        new CausalTrace.Experiment(
            tokens(length, seed), from, to, random.nextInt(VOCABULARY), 3, samples, seed);
    try (Checkpoint checkpoint = model(layers, width, seed)) {
      CausalTrace trace = CausalTrace.of(checkpoint);
      CausalTrace.Result result = trace.trace(experiment, NOBODY);
      CausalTrace.Result expected =
          bruteForce(
              checkpoint, experiment, deviation(checkpoint.tensor("emb.weight").toDoubles()));
      assertThat(result.clean()).isCloseTo(expected.clean(), within(TOLERANCE));
      assertThat(result.corrupted()).isCloseTo(expected.corrupted(), within(TOLERANCE));
      for (int t = 0; t < length; t++) {
        assertThat(result.restored()[t])
            .as("token %d of %d", t, length)
            .containsExactly(expected.restored()[t], within(TOLERANCE));
      }
    }
  }

  private static double deviation(double[] values) {
    double mean = Arrays.stream(values).average().orElse(0);
    return Math.sqrt(Arrays.stream(values).map(x -> (x - mean) * (x - mean)).average().orElse(0));
  }

  /** So that agreement with brute force is not agreement on nothing. */
  @Example
  void placesDiffer() {
    try (Checkpoint checkpoint = model(3, 9, 5)) {
      CausalTrace.Result result =
          CausalTrace.of(checkpoint)
              .trace(new CausalTrace.Experiment(tokens(6, 5), 1, 3, 2, 3, 1, 5), NOBODY);
      assertThat(Math.abs(result.clean() - result.corrupted())).isGreaterThan(1e6 * TOLERANCE);
      for (int t = 1; t < 6; t++) {
        for (int layer = 0; layer < 3; layer++) {
          boolean nothingComesAfter = layer == 2 && t < 5;
          assertThat(Math.abs(result.effect(t, layer)) > 1e-9)
              .as("token %d, layer %d has an effect", t, layer)
              .isEqualTo(!nothingComesAfter);
        }
      }
    }
  }

  @Property(tries = 30)
  void whatIsExactIsExact(
      @ForAll @IntRange(min = 1, max = 4) int layers,
      @ForAll @IntRange(min = 2, max = 8) int length,
      @ForAll @IntRange(min = 1, max = 5) int samples,
      @ForAll long seed) {
    int[] tokens = tokens(length, seed);
    int from = length / 3;
    try (Checkpoint checkpoint = model(layers, 7, seed)) {
      CausalTrace trace = CausalTrace.of(checkpoint);
      CausalTrace.Result result =
          trace.trace(
              new CausalTrace.Experiment(tokens, from, from + 1, 4, 3, samples, seed), NOBODY);
      int last = length - 1;
      assertThat(result.corrupted()).isNotEqualTo(result.clean());
      assertThat(result.restored()[last][layers - 1])
          .as("after the last block of the last token everything is restored")
          .isEqualTo(result.clean());
      for (int t = 0; t < last; t++) {
        assertThat(result.effect(t, layers - 1))
            .as("nothing comes after the last block of token %d", t)
            .isZero();
      }
      for (int t = 0; t < from; t++) {
        assertThat(result.restored()[t])
            .as("token %d comes before the noise", t)
            .containsOnly(result.corrupted());
      }

      CausalTrace.Result noiseless =
          trace.trace(
              new CausalTrace.Experiment(tokens, from, length, 4, 0, samples, seed), NOBODY);
      assertThat(noiseless.corrupted()).isEqualTo(noiseless.clean());
      for (double[] token : noiseless.restored()) {
        assertThat(token).containsOnly(noiseless.clean());
      }
    }
  }

  /** A one-token prompt has no past: what its first block gives is all that there is. */
  @Property(tries = 20)
  void aSingleTokenIsRestoredByAnyLayer(
      @ForAll @IntRange(min = 1, max = 5) int layers, @ForAll long seed) {
    try (Checkpoint checkpoint = model(layers, 6, seed)) {
      CausalTrace.Result result =
          CausalTrace.of(checkpoint)
              .trace(new CausalTrace.Experiment(tokens(1, seed), 0, 1, 0, 3, 2, seed), NOBODY);
      // Later blocks have states of their own, but not before the first token.
      assertThat(result.restored()[0]).containsOnly(result.clean());
    }
  }

  /** The clean run and its answer are what the backend says. */
  @Property(tries = 20)
  void theCleanRunIsTheModel(@ForAll @IntRange(min = 1, max = 20) int length, @ForAll long seed) {
    int[] tokens = tokens(length, seed);
    CausalTrace.Result result;
    int answer;
    try (Checkpoint checkpoint = model(2, 10, seed)) {
      CausalTrace trace = CausalTrace.of(checkpoint);
      answer = trace.mostLikelyAfter(tokens);
      result = trace.trace(new CausalTrace.Experiment(tokens, 0, 1, answer, 3, 1, seed), NOBODY);
    }
    try (Model model = new ReferenceProvider().load(model(2, 10, seed), LoadOptions.defaults());
        Session session = model.newSession()) {
      session.prefill(tokens);
      double[] logits = session.logits().toDoubles();
      assertThat(logits[answer]).isEqualTo(Arrays.stream(logits).max().orElseThrow());
      assertThat(result.clean())
          .isCloseTo(
              Math.exp(logits[answer]) / Arrays.stream(logits).map(Math::exp).sum(),
              within(TOLERANCE));
    }
  }

  @Example
  void theSeedDecidesAndProgressIsTold() {
    try (Checkpoint checkpoint = model(2, 5, 1)) {
      CausalTrace trace = CausalTrace.of(checkpoint);
      int[] tokens = tokens(6, 1);
      List<Long> told = Collections.synchronizedList(new ArrayList<>());
      CausalTrace.Result one =
          trace.trace(
              new CausalTrace.Experiment(tokens, 2, 4, 0, 3, 3, 8),
              (done, total) -> {
                told.add(done);
                assertThat(total).isEqualTo(3 * 4);
              });
      assertThat(told).hasSize(12).isSorted().doesNotHaveDuplicates().endsWith(12L);
      CausalTrace.Result same =
          trace.trace(new CausalTrace.Experiment(tokens, 2, 4, 0, 3, 3, 8), NOBODY);
      CausalTrace.Result other =
          trace.trace(new CausalTrace.Experiment(tokens, 2, 4, 0, 3, 3, 9), NOBODY);
      assertThat(same.restored()).isDeepEqualTo(one.restored());
      assertThat(other.corrupted()).isNotEqualTo(one.corrupted());
    }
  }

  @Example
  void wrongQuestionsAreNamed() {
    try (Checkpoint checkpoint = model(1, 4, 1)) {
      CausalTrace trace = CausalTrace.of(checkpoint);
      int[] three = {1, 2, 3};
      int[] outside = {1, VOCABULARY};
      int[] none = {};
      refused(trace, "prompt", new CausalTrace.Experiment(none, 0, 0, 0, 3, 1, 0));
      refused(trace, "tokens[1]", new CausalTrace.Experiment(outside, 0, 1, 0, 3, 1, 0));
      refused(trace, "subject", new CausalTrace.Experiment(three, 1, 1, 0, 3, 1, 0));
      refused(trace, "subject", new CausalTrace.Experiment(three, -1, 1, 0, 3, 1, 0));
      refused(trace, "subject", new CausalTrace.Experiment(three, 0, 4, 0, 3, 1, 0));
      refused(trace, "answer", new CausalTrace.Experiment(three, 0, 1, -1, 3, 1, 0));
      refused(trace, "noise", new CausalTrace.Experiment(three, 0, 1, 0, -1, 1, 0));
      refused(trace, "noise", new CausalTrace.Experiment(three, 0, 1, 0, Double.NaN, 1, 0));
      refused(trace, "noise", new CausalTrace.Experiment(three, 0, 1, 0, 1e300, 1, 0));
      refused(trace, "samples", new CausalTrace.Experiment(three, 0, 1, 0, 3, 0, 0));
      CausalTrace damaged =
          CausalTrace.of(
              new PatchedCheckpoint(checkpoint).set("blocks.0.ln1.weight", 1, Double.NaN));
      assertThatThrownBy(
              () -> damaged.trace(new CausalTrace.Experiment(three, 0, 1, 0, 3, 2, 0), NOBODY))
          .isInstanceOf(NonFiniteException.class)
          .hasMessageContaining("--verify");
    }
  }

  private static void refused(CausalTrace trace, String name, CausalTrace.Experiment experiment) {
    assertThatThrownBy(() -> trace.trace(experiment, NOBODY))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageStartingWith(name + ": ");
  }
}

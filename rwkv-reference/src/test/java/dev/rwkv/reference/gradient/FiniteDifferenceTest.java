package dev.rwkv.reference.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rwkv.Model;
import dev.rwkv.ModelConfig;
import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.reference.ReferenceProvider;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/**
 * Loss and gradients against the reference backend, which computes the same equations in other code
 * and is differentiated by finite differences.
 */
class FiniteDifferenceTest {
  private static final int VOCABULARY = 7;

  @Property(tries = 25)
  void everyTensorAgreesWithFiniteDifferences(
      @ForAll @IntRange(min = 1, max = 3) int layers,
      @ForAll @IntRange(min = 2, max = 9) int width,
      @ForAll @IntRange(min = 1, max = 11) int feedForward,
      @ForAll @IntRange(min = 1, max = 3) int texts,
      @ForAll @IntRange(min = 1, max = 6) int length,
      @ForAll long seed) {
    DoubleCheckpoint model = model(layers, width, feedForward, seed);
    double share = assertAgrees(model, batch(texts, length, seed, List.of()), 0x1p-12, seed);
    // The comparison of one tensor at least is sharp to 10⁻⁵.
    assertThat(share).isLessThan(1e-5);
  }

  @Property(tries = 15)
  void extremeDecaysBonusesAndKeysAgreeToo(
      @ForAll @IntRange(min = 1, max = 2) int layers,
      @ForAll @IntRange(min = 3, max = 7) int width,
      @ForAll @IntRange(min = 2, max = 6) int length,
      @ForAll long seed) {
    DoubleCheckpoint model = model(layers, width, 2 * width, seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int layer = 0; layer < layers; layer++) {
      String block = "blocks." + layer + ".att.";
      model.map(block + "time_decay", d -> new double[] {-40, -3, 2, 6}[random.nextInt(4)]);
      model.map(block + "time_first", u -> 30 * random.nextGaussian());
      model.map(block + "key.weight", k -> 300 * k);
    }
    assertAgrees(model, batch(2, length, seed, List.of()), 0x1p-20, seed);
  }

  @Property(tries = 15)
  void theStartAgreesWithFiniteDifferences(
      @ForAll @IntRange(min = 1, max = 3) int layers,
      @ForAll @IntRange(min = 2, max = 7) int width,
      @ForAll @IntRange(min = 1, max = 3) int texts,
      @ForAll @IntRange(min = 1, max = 5) int length,
      @ForAll long seed) {
    DoubleCheckpoint model = model(layers, width, 2 * width, seed);
    SplittableRandom random = new SplittableRandom(seed);
    List<EarlierToken> start = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      start.add(
          new EarlierToken(
              random.doubles(width, -2, 2).toArray(),
              random.doubles(width, -2, 2).toArray(),
              random.doubles(width, -3, 3).toArray(),
              random.doubles(width, -2, 2).toArray()));
    }
    TrainingBatch batch = batch(texts, length, seed, start);
    double share = assertAgrees(model, batch, 0x1p-12, seed);
    assertThat(share).isLessThan(1e-5);
    Gradients gradients = GradientOracle.of(model).gradients(batch);
    for (int layer = 0; layer < layers; layer++) {
      for (EarlierToken.Part part : EarlierToken.Part.values()) {
        DirectionalDerivative.assertAgrees(
            part.name(layer),
            () -> loss(model, batch),
            start.get(layer).part(part),
            gradients.gradient(part.name(layer)),
            0x1p-12,
            seed);
      }
    }
  }

  @Test
  void theDecayOfAFileThatHoldsItReadyHasItsOwnGradient() {
    DoubleCheckpoint raw = model(1, 5, 10, 3);
    DoubleCheckpoint ready = new DoubleCheckpoint(raw);
    ready.rename("blocks.0.att.time_decay", "blocks.0.att.decay");
    ready.map("blocks.0.att.decay", d -> -Math.exp(d));
    TrainingBatch batch = batch(2, 5, 3, List.of());
    double[] byDecay = GradientOracle.of(ready).gradients(batch).gradient("blocks.0.att.decay");
    double[] byRaw = GradientOracle.of(raw).gradients(batch).gradient("blocks.0.att.time_decay");
    double[] decay = ready.values("blocks.0.att.decay");
    for (int i = 0; i < decay.length; i++) {
      assertThat(byRaw[i]).isNotZero().isCloseTo(byDecay[i] * decay[i], within(1e-15));
    }
    assertAgrees(ready, batch, 0x1p-12, 3);
  }

  /** Every tensor of the model; returns the least share of a gradient that would go unnoticed. */
  private static double assertAgrees(
      DoubleCheckpoint model, TrainingBatch batch, double step, long seed) {
    Gradients gradients = GradientOracle.of(model).gradients(batch);
    assertThat(gradients.loss()).isCloseTo(loss(model, batch), within(1e-11));
    double best = 1;
    for (String name : model.names()) {
      double share =
          DirectionalDerivative.assertAgrees(
              name,
              () -> loss(model, batch),
              model.values(name),
              gradients.gradient(name),
              step,
              seed ^ name.hashCode());
      best = Math.min(best, share);
    }
    return best;
  }

  static DoubleCheckpoint model(int layers, int width, int feedForward, long seed) {
    ModelConfig config = ModelConfig.of("rwkv-4", layers, width, feedForward, VOCABULARY);
    try (Checkpoint checkpoint = new SyntheticModel(config, DType.F32, seed).open()) {
      return new DoubleCheckpoint(checkpoint);
    }
  }

  static TrainingBatch batch(int texts, int length, long seed, List<EarlierToken> start) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] tokens = random.ints((long) texts * length, 0, VOCABULARY).toArray();
    int[] targets = random.ints((long) texts * length, 0, VOCABULARY).toArray();
    return new TrainingBatch(texts, length, tokens, targets, false, start);
  }

  /** The mean cross entropy by the logits of the reference backend, token by token. */
  private static double loss(DoubleCheckpoint checkpoint, TrainingBatch batch) {
    double sum = 0;
    try (Model model = new ReferenceProvider().load(checkpoint, LoadOptions.defaults())) {
      for (int text = 0; text < batch.texts(); text++) {
        try (Session session = model.newSession()) {
          if (!batch.start().isEmpty()) {
            session.restore(state(session.snapshot(), batch.start()));
          }
          for (int t = 0; t < batch.length(); t++) {
            int at = text * batch.length() + t;
            double[] logits = session.step(batch.tokens()[at]).toDoubles();
            double total = 0;
            for (double logit : logits) {
              total += Math.exp(logit);
            }
            sum += Math.log(total) - logits[batch.targets()[at]];
          }
        }
      }
    }
    return sum / batch.tokens().length;
  }

  /** The state that earlier tokens leave. */
  private static State state(State empty, List<EarlierToken> start) {
    double[] values = empty.toDoubles();
    for (int layer = 0; layer < start.size(); layer++) {
      EarlierToken token = start.get(layer);
      String block = "blocks." + layer + ".";
      double[] one = new double[token.key().length];
      Arrays.fill(one, 1);
      put(values, empty, block + "att.shift", token.timeMixShift());
      put(values, empty, block + "att.numerator", token.value());
      put(values, empty, block + "att.denominator", one);
      put(values, empty, block + "att.exponent", token.key());
      put(values, empty, block + "ffn.shift", token.channelMixShift());
    }
    return State.ofValues(empty.layout(), empty.fingerprint(), DType.F64, values);
  }

  private static void put(double[] values, State state, String name, double[] component) {
    System.arraycopy(component, 0, values, (int) state.layout().offset(name), component.length);
  }
}

package dev.rwkv.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.testing.SharedData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The oracle against logits and states that an independent implementation computed in float64.
 *
 * <p>A tolerance is relative to the largest logit of a position, and for a state to the largest
 * element of the component: 1e-9 where both start from the same numbers, 1e-6 where the file holds
 * a decay that was rounded to f32 before it was stored.
 */
class GoldenTest {

  /** What the independent implementation said. */
  record Golden(int[] tokens, double[][] logits, Checkpoint file) implements AutoCloseable {

    static Golden of(String name) {
      Checkpoint file = Checkpoint.open(SharedData.path("models/" + name + ".golden.safetensors"));
      int[] tokens =
          Arrays.stream(file.tensor("tokens").toDoubles()).mapToInt(t -> (int) t).toArray();
      double[] all = file.tensor("logits").toDoubles();
      int vocabulary = all.length / tokens.length;
      double[][] logits = new double[tokens.length][];
      for (int t = 0; t < tokens.length; t++) {
        logits[t] = Arrays.copyOfRange(all, t * vocabulary, (t + 1) * vocabulary);
      }
      return new Golden(tokens, logits, file);
    }

    /** After the last token, numerators and denominators at the exponents of {@code state}. */
    void assertState(State state, double tolerance) {
      for (var component : state.layout().components()) {
        String name = component.name();
        if (name.endsWith("exponent")) {
          continue;
        }
        double[] expected = file.tensor("state." + name).toDoubles();
        if (!name.endsWith("shift")) {
          String exponent = name.substring(0, name.lastIndexOf('.')) + ".exponent";
          double[] p = file.tensor("state." + exponent).toDoubles();
          double[] wanted = state.component(exponent).toDoubles();
          for (int i = 0; i < p.length; i++) {
            expected[i] = WkvState.atExponent(expected[i], p[i], wanted[i]);
          }
        }
        assertNear(name, state.component(name).toDoubles(), expected, tolerance);
      }
    }

    void assertLogits(int t, double[] actual, double tolerance) {
      assertNear("logits after token " + t, actual, logits[t], tolerance);
    }

    @Override
    public void close() {
      file.close();
    }

    private static void assertNear(
        String what, double[] actual, double[] expected, double tolerance) {
      double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
      assertThat(actual).as(what).containsExactly(expected, within(tolerance * largest));
    }
  }

  static Model open(String name) {
    return new ReferenceProvider()
        .load(Checkpoint.open(SharedData.path("models/" + name)), LoadOptions.defaults());
  }

  @ParameterizedTest
  @CsvSource({
    "mini-v4-a-fp32.pth,            mini-v4-a-fp32, 1e-9",
    "mini-v4-a-fp32-legacy.pth,     mini-v4-a-fp32, 1e-9",
    "mini-v4-a-fp32.safetensors,    mini-v4-a-fp32, 1e-9",
    "mini-v4-a-fp16.pth,            mini-v4-a-fp16, 1e-9",
    "mini-v4-a-bf16.pth,            mini-v4-a-bf16, 1e-9",
    "mini-v4-a-bf16.safetensors,    mini-v4-a-bf16, 1e-9",
    "mini-v4-a-FP32.bin,            mini-v4-a-fp32, 1e-6",
    "mini-v4-a-FP16.bin,            mini-v4-a-FP16, 1e-6",
    "mini-v4-a-Q4_0.bin,            mini-v4-a-Q4_0, 1e-6",
    "mini-v4-a-Q4_1.bin,            mini-v4-a-Q4_1, 1e-6",
    "mini-v4-a-Q5_0.bin,            mini-v4-a-Q5_0, 1e-6",
    "mini-v4-a-Q5_1.bin,            mini-v4-a-Q5_1, 1e-6",
    "mini-v4-a-Q8_0.bin,            mini-v4-a-Q8_0, 1e-6",
    "tiny-rwkv-4v0-660K-fp32.pth,         tiny-rwkv-4v0-660K-fp32, 1e-9",
    "tiny-rwkv-4v0-660K-fp32.safetensors, tiny-rwkv-4v0-660K-fp32, 1e-9",
    "tiny-rwkv-4v0-660K-FP32.bin,         tiny-rwkv-4v0-660K-fp32, 1e-6",
  })
  void bothFormsMeetTheGoldenAfterEveryToken(String file, String name, double tolerance) {
    Golden golden = Golden.of(name);
    try (golden;
        Model model = open(file);
        Session stepped = model.newSession();
        Session spanned = model.newSession()) {
      for (int t = 0; t < golden.tokens.length; t++) {
        golden.assertLogits(t, stepped.step(golden.tokens[t]).toDoubles(), tolerance);
      }
      golden.assertState(stepped.snapshot(), tolerance);
      spanned.prefill(
          golden.tokens, (t, logits) -> golden.assertLogits(t, logits.toDoubles(), tolerance));
      golden.assertState(spanned.snapshot(), tolerance);
    }
  }

  @Test
  void theGoldenHasAHundredTokens() {
    Golden golden = Golden.of("mini-v4-a-fp32");
    try (golden) {
      assertThat(golden.tokens).hasSize(100);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"fp32.pth", "fp32.safetensors", "FP32.bin"})
  void theTrainedModelAnswersAsItsAuthorsRecorded(String file) throws Exception {
    ByteBuffer recorded =
        ByteBuffer.wrap(Files.readAllBytes(SharedData.path("models/expected-logits-4v0-660K.bin")))
            .order(ByteOrder.LITTLE_ENDIAN);
    double[] expected = new double[256];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = recorded.getFloat();
    }
    try (Model model = open("tiny-rwkv-4v0-660K-" + file);
        Session session = model.newSession()) {
      assertThat(session.prefill(34, 105, 110).toDoubles()).containsExactly(expected, within(1e-5));
    }
  }
}

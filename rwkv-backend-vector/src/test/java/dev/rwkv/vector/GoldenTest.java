package dev.rwkv.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.reference.ErrorModel;
import dev.rwkv.reference.Expected;
import dev.rwkv.reference.Oracle;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.testing.SharedData;
import dev.rwkv.vector.OracleTest.Width;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints of every format and type against goldens that another implementation computed. */
class GoldenTest {

  @ParameterizedTest
  @CsvSource({
    "mini-v4-a-FP32.bin, mini-v4-a-fp32",
    "mini-v4-a-FP16.bin, mini-v4-a-FP16",
    "mini-v4-a-Q4_0.bin, mini-v4-a-Q4_0",
    "mini-v4-a-Q4_1.bin, mini-v4-a-Q4_1",
    "mini-v4-a-Q5_0.bin, mini-v4-a-Q5_0",
    "mini-v4-a-Q5_1.bin, mini-v4-a-Q5_1",
    "mini-v4-a-Q8_0.bin, mini-v4-a-Q8_0",
    "mini-v4-a-fp32.pth, mini-v4-a-fp32",
    "mini-v4-a-fp32-legacy.pth, mini-v4-a-fp32",
    "mini-v4-a-fp16.pth, mini-v4-a-fp16",
    "mini-v4-a-bf16.pth, mini-v4-a-bf16",
    "mini-v4-a-fp32.safetensors, mini-v4-a-fp32",
    "mini-v4-a-bf16.safetensors, mini-v4-a-bf16",
    "tiny-rwkv-4v0-660K-fp32.pth, tiny-rwkv-4v0-660K-fp32",
    "tiny-rwkv-4v0-660K-fp32.safetensors, tiny-rwkv-4v0-660K-fp32",
    "tiny-rwkv-4v0-660K-FP32.bin, tiny-rwkv-4v0-660K-fp32",
  })
  void logitsAreWithinTheBoundOfTheGolden(String file, String goldenName) {
    try (Checkpoint golden =
            Checkpoint.open(SharedData.path("models/" + goldenName + ".golden.safetensors"));
        Checkpoint weights = Checkpoint.open(SharedData.path("models/" + file))) {
      double[] ids = golden.tensor("tokens").toDoubles();
      double[] expected = golden.tensor("logits").toDoubles();
      int[] tokens = new int[ids.length];
      for (int t = 0; t < tokens.length; t++) {
        tokens[t] = (int) ids[t];
      }
      Oracle oracle = Oracle.of(weights);
      double bound = 0;
      for (Width width : Width.values()) {
        try (Model model =
                VectorModel.load(
                    Checkpoint.open(SharedData.path("models/" + file)),
                    LoadOptions.defaults().withThreads(2),
                    width.kernels());
            Session session = model.newSession()) {
          if (bound == 0) {
            Expected last = oracle.span(session.snapshot(), tokens, ErrorModel.F32.probabilistic());
            for (int i = 0; i < last.logits().length(); i++) {
              bound = Math.max(bound, last.logits().error(i));
            }
          }
          double tolerance = bound;
          int vocabulary = model.config().vocabulary();
          session.prefill(
              tokens,
              (t, logits) -> {
                for (int i = 0; i < vocabulary; i++) {
                  assertThat(logits.get(i))
                      .as("%s, logit %d after token %d", width, i, t)
                      .isCloseTo(expected[t * vocabulary + i], offset(tolerance));
                }
              });
        }
      }
    }
  }
}

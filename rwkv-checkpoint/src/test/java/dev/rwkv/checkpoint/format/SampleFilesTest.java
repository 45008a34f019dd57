package dev.rwkv.checkpoint.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.TensorView;
import dev.rwkv.testing.SharedData;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same weights in every format: they must come out the same. */
class SampleFilesTest {

  @ParameterizedTest
  @CsvSource({
    "mini-v4-a-fp32.pth,              pth (zip)",
    "mini-v4-a-fp32-legacy.pth,       pth (legacy)",
    "tiny-rwkv-4v0-660K-fp32.pth,     pth (zip)",
    "mini-v4-a-fp32.safetensors,      safetensors",
    "mini-v4-a-FP32.bin,              rwkv.cpp",
    "mini-v4-a-Q4_0.bin,              rwkv.cpp",
  })
  void isRecognised(String name, String format) {
    try (Checkpoint checkpoint = open(name)) {
      assertThat(checkpoint.format()).isEqualTo(format);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "mini-v4-a-fp32.pth,             mini-v4-a-fp32.safetensors",
    "mini-v4-a-fp32-legacy.pth,      mini-v4-a-fp32.safetensors",
    "mini-v4-a-bf16.pth,             mini-v4-a-bf16.safetensors",
    "tiny-rwkv-4v0-660K-fp32.pth,    tiny-rwkv-4v0-660K-fp32.safetensors",
  })
  void holdsTheSameBits(String name, String same) {
    try (Checkpoint actual = open(name);
        Checkpoint expected = open(same)) {
      assertThat(actual.names()).containsExactlyInAnyOrderElementsOf(expected.names());
      for (String tensor : expected.names()) {
        TensorView a = actual.tensor(tensor);
        TensorView e = expected.tensor(tensor);
        assertThat(a.dtype()).as(tensor).isEqualTo(e.dtype());
        assertThat(a.shape().sameSqueezed(e.shape())).as(tensor).isTrue();
        assertThat(a.data().mismatch(e.data())).as(tensor).isEqualTo(-1);
      }
      assertThat(actual.fingerprint()).isEqualTo(expected.fingerprint());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "mini-v4-a-FP32.bin,             mini-v4-a-fp32.safetensors",
    "tiny-rwkv-4v0-660K-FP32.bin,    tiny-rwkv-4v0-660K-fp32.pth",
  })
  void rwkvCppHoldsTheSameButTheDecay(String name, String same) {
    try (Checkpoint actual = open(name);
        Checkpoint expected = open(same)) {
      Set<String> names = new TreeSet<>();
      for (String tensor : expected.names()) {
        double[] e = expected.tensor(tensor).toDoubles();
        if (tensor.endsWith("att.time_decay")) {
          String ready = tensor.replace("time_decay", "decay");
          names.add(ready);
          float[] a = actual.tensor(ready).toFloats();
          for (int i = 0; i < a.length; i++) {
            // NumPy's float32 exponential is off by at most 2.52 ulp, so its documentation says.
            assertThat((double) a[i])
                .isCloseTo(-Math.exp(e[i]), Offset.offset(2.52 * Math.ulp(a[i])));
          }
        } else {
          names.add(tensor);
          assertThat(actual.tensor(tensor).toDoubles()).as(tensor).isEqualTo(e);
        }
      }
      assertThat(actual.names()).containsExactlyInAnyOrderElementsOf(names);
      assertThat(actual.fingerprint()).isEqualTo(expected.fingerprint());
    }
  }

  @Test
  void rwkvCppHalvesAreTheRoundedFloats() {
    try (Checkpoint actual = open("mini-v4-a-FP16.bin");
        Checkpoint expected = open("mini-v4-a-fp16.pth")) {
      for (String tensor : actual.names()) {
        if (actual.tensor(tensor).dtype() == DType.F16) {
          assertThat(actual.tensor(tensor).toDoubles())
              .as(tensor)
              .isEqualTo(expected.tensor(tensor).toDoubles());
        }
      }
      assertThat(actual.tensor("blocks.1.ffn.key.weight").dtype()).isEqualTo(DType.F16);
    }
  }

  /**
   * A block of 32 numbers between its smallest and largest in 2^bits steps: a number is off by half
   * a step, or, where a symmetric type has no code for one end, by a whole one; and by the rounding
   * of the f16 scale, 2^-11 of the largest.
   */
  @ParameterizedTest
  @CsvSource({"Q4_0, 8", "Q4_1, 15", "Q5_0, 16", "Q5_1, 31", "Q8_0, 127"})
  void quantisedIsWithinAStep(String type, double steps) {
    try (Checkpoint actual = open("mini-v4-a-" + type + ".bin");
        Checkpoint expected = open("mini-v4-a-fp32.safetensors")) {
      int quantised = 0;
      for (String tensor : actual.names()) {
        TensorView view = actual.tensor(tensor);
        if (!view.dtype().isQuantised()) {
          continue;
        }
        quantised++;
        assertThat(view.dtype().label()).isEqualToIgnoringCase(type);
        double[] a = view.toDoubles();
        double[] e = expected.tensor(tensor).toDoubles();
        for (int block = 0; block < e.length; block += 32) {
          double smallest = 0;
          double largest = 0;
          double magnitude = 0;
          for (int i = block; i < block + 32; i++) {
            smallest = i == block ? e[i] : Math.min(smallest, e[i]);
            largest = i == block ? e[i] : Math.max(largest, e[i]);
            magnitude = Math.max(magnitude, Math.abs(e[i]));
          }
          boolean symmetric = !type.endsWith("_1");
          double step = (symmetric ? magnitude : largest - smallest) / steps;
          double allowed = (symmetric ? 1.0 : 0.5) * step + 2 * magnitude * 0x1p-11;
          for (int i = block; i < block + 32; i++) {
            assertThat(Math.abs(a[i] - e[i])).as(tensor + "[" + i + "]").isLessThan(allowed);
          }
        }
      }
      assertThat(quantised).isEqualTo(3 * 7);
    }
  }

  private static Checkpoint open(String name) {
    return Checkpoint.open(SharedData.path("models/" + name));
  }
}

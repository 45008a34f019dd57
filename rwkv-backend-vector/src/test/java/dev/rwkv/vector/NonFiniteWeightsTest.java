package dev.rwkv.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rwkv.Model;
import dev.rwkv.ModelConfig;
import dev.rwkv.Session;
import dev.rwkv.checkpoint.Conversion;
import dev.rwkv.checkpoint.Progress;
import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.error.NonFiniteException;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A weight that is NaN is never laundered into a number, in any precision and any matrix. */
class NonFiniteWeightsTest {
  private static final List<String> MATRICES =
      List.of(
          "blocks.1.att.key.weight",
          "blocks.1.att.value.weight",
          "blocks.1.att.receptance.weight",
          "blocks.1.att.output.weight",
          "blocks.1.ffn.key.weight",
          "blocks.1.ffn.receptance.weight",
          "blocks.1.ffn.value.weight",
          "head.weight");
  private static final ModelConfig SIZES = ModelConfig.of("rwkv-4", 2, 64, 96, 40);

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16"})
  void plain(DType dtype) throws IOException {
    for (String matrix : MATRICES) {
      Path file = folder.resolve(matrix + ".safetensors");
      new SyntheticModel(SIZES, dtype, 3).write(file, Progress.NONE);
      spoil(
          file,
          matrix,
          switch (dtype) {
            case F32 -> new byte[] {0, 0, (byte) 0xc0, 0x7f};
            case F16 -> new byte[] {0, 0x7e};
            default -> new byte[] {(byte) 0xc0, 0x7f};
          });
      refuses(file, matrix);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "Q5_1", "Q5_0", "Q4_1", "Q4_0"})
  void scalesOfBlocks(DType dtype) throws IOException {
    for (String matrix : MATRICES) {
      if (matrix.equals("head.weight")) {
        continue; // never quantised
      }
      Path file = folder.resolve(matrix + ".bin");
      try (Checkpoint source = new SyntheticModel(SIZES, DType.F32, 3).open()) {
        Conversion.of(source).withPrecision(dtype).write(file);
      }
      spoil(file, matrix, new byte[] {0, 0x7e});
      refuses(file, matrix);
    }
  }

  /** Overwrites the first bytes of one matrix, wherever they are in the file. */
  private static void spoil(Path file, String matrix, byte[] bits) throws IOException {
    byte[] start;
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      MemorySegment data = checkpoint.tensor(matrix).data();
      start = data.asSlice(bits.length, 64).toArray(ValueLayout.JAVA_BYTE);
    }
    byte[] whole = Files.readAllBytes(file);
    int at = -1;
    for (int i = bits.length; at < 0; i++) {
      if (Arrays.equals(whole, i, i + start.length, start, 0, start.length)) {
        at = i - bits.length;
      }
    }
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.seek(at);
      out.write(bits);
    }
  }

  private static void refuses(Path file, String matrix) {
    try (Model model =
            new VectorProvider()
                .load(Checkpoint.open(file), LoadOptions.defaults().withThreads(1));
        Session session = model.newSession()) {
      assertThatExceptionOfType(NonFiniteException.class)
          .as("a step with NaN in " + file)
          .isThrownBy(() -> session.step(1))
          .withMessageContaining(matrix);
      session.reset();
      assertThatExceptionOfType(NonFiniteException.class)
          .as("a span with NaN in " + file)
          .isThrownBy(() -> session.prefill(1, 2, 3))
          .withMessageContaining(matrix);
    }
  }

  @Test
  void theUnspoiledModelSpeaks() throws IOException {
    Path file = folder.resolve("model.safetensors");
    new SyntheticModel(SIZES, DType.F16, 3).write(file, Progress.NONE);
    try (Model model = new VectorProvider().load(Checkpoint.open(file), LoadOptions.defaults());
        Session session = model.newSession()) {
      assertThat(session.step(1).get(0)).isFinite();
    }
  }
}

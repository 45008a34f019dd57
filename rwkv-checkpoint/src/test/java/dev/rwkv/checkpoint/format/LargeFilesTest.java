package dev.rwkv.checkpoint.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.checkpoint.architecture.Architectures;
import dev.rwkv.error.ClosedException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.TensorView;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files are mapped, not loaded: their size does not matter. */
class LargeFilesTest {
  private static final long GIB = 1L << 30;

  @TempDir Path folder;

  @Test
  void theLastTensorOfSixGibibytes() throws IOException {
    Path file = folder.resolve("large.safetensors");
    String header =
        "{\"hole\":{\"dtype\":\"BF16\",\"shape\":[3,%d],\"data_offsets\":[0,%d]},"
                .formatted(GIB, 6 * GIB)
            + "\"last\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[%d,%d]}}"
                .formatted(6 * GIB, 6 * GIB + 8);
    ByteBuffer start = ByteBuffer.allocate(8 + header.length()).order(ByteOrder.LITTLE_ENDIAN);
    start.putLong(header.length()).put(header.getBytes(StandardCharsets.UTF_8));
    ByteBuffer end = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    end.putFloat(1.5f).putFloat(-2.25f);
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.write(start.array());
      out.seek(start.capacity() + 6 * GIB);
      out.write(end.array());
    }
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertThat(checkpoint.tensor("last").toDoubles()).containsExactly(1.5, -2.25);
      TensorView hole = checkpoint.tensor("hole");
      assertThat(hole.get(3 * GIB - 1)).isZero();
      assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(hole::toFloats);
    }
  }

  /** What opening allocates is counted in bytes, which is exact, not in seconds, which are not. */
  @Test
  void openingCopiesNoWeights() {
    Path file = folder.resolve("169M.safetensors");
    SyntheticModel.of(12, 768, 50_277, DType.F32, 0).writeSparse(file);
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertThat(Architectures.of(checkpoint).config(checkpoint).layers()).isEqualTo(12);
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(50_000_000);
    }
  }

  @Test
  void useAfterCloseIsRefused() {
    Path file = folder.resolve("tiny.safetensors");
    SyntheticModel.of(1, 4, 5, DType.F32, 0).writeSparse(file);
    Checkpoint checkpoint = Checkpoint.open(file);
    TensorView tensor = checkpoint.tensor("emb.weight");
    checkpoint.close();
    checkpoint.close();
    assertThatExceptionOfType(ClosedException.class)
        .isThrownBy(() -> checkpoint.tensor("emb.weight"));
    assertThatThrownBy(() -> tensor.get(0)).isInstanceOf(IllegalStateException.class);
  }
}

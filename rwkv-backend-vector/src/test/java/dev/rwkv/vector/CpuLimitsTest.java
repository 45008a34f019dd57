package dev.rwkv.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.error.BackendException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.vector.OracleTest.Width;
import dev.rwkv.vector.kernel.FmaKernel;
import dev.rwkv.vector.kernel.ReadKernel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The work that is timed is really done; how fast is not tested. */
class CpuLimitsTest {

  @ParameterizedTest
  @EnumSource(Width.class)
  void everyByteIsReadInEitherOrder(Width width) {
    ReadKernel kernel = ReadKernel.of(width.kernels().shape());
    int vector = kernel.vectorBytes();
    int bytes = 8 * ReadKernel.VECTORS * vector;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(bytes, 64);
      for (int at = 0; at < bytes; at += Integer.BYTES) {
        memory.set(ValueLayout.JAVA_INT, at, 1 + at);
        assertThat(kernel.read(memory, 0, vector, ReadKernel.VECTORS * vector, 8))
            .as("side by side, byte %d", at)
            .isEqualTo(1 + at);
        assertThat(kernel.read(memory, 0, bytes / ReadKernel.VECTORS, vector, 8))
            .as("four streams, byte %d", at)
            .isEqualTo(1 + at);
        memory.set(ValueLayout.JAVA_INT, at, 0);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Width.class)
  void everyOperationThatIsCountedIsDone(Width width) {
    FmaKernel kernel = FmaKernel.of(width.kernels().shape());
    // y ← 2·3 + y: each chain counts its FMAs by sixes.
    for (int repeats : new int[] {0, 1, 100}) {
      float expected = 0;
      for (int chain = 0; chain < FmaKernel.CHAINS; chain++) {
        expected += kernel.lanes() * (chain + 6 * repeats);
      }
      assertThat(kernel.run(repeats, 2, 3)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void anyNumberOfThreadsIsMeasured(int threads) {
    // A piece that does not divide into threads and chunks.
    try (CpuLimits limits = CpuLimits.of(threads, 1_000_000)) {
      assertThat(limits.threads()).isEqualTo(threads);
      assertThat(limits.readBytesPerSecond()).isPositive().isFinite();
      assertThat(limits.operationsPerSecond()).isPositive().isFinite();
    }
  }

  @Test
  void closingTwiceIsHarmless() {
    CpuLimits limits = CpuLimits.of(1, 1);
    limits.close();
    limits.close();
  }

  @Test
  void mistakesAreRefused() {
    assertThatThrownBy(() -> CpuLimits.of(0, 1 << 20))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("threads");
    assertThatThrownBy(() -> CpuLimits.of(1, 0))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("bytes");
    assertThatThrownBy(() -> CpuLimits.of(1, 1L << 60))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("memory");
  }
}

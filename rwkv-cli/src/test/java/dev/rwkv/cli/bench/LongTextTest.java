package dev.rwkv.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.ModelConfig;
import dev.rwkv.tensor.DType;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LongTextTest {

  private static LongText of(double... seconds) {
    return new LongText(
        ModelConfig.of("rwkv-4", 1, 2, 3, 4), DType.F32, 1, seconds, 1, new double[1], 40);
  }

  @Test
  void startAndEndAreTheMediansOfATenth() {
    double[] seconds = new double[50];
    Arrays.fill(seconds, 9);
    System.arraycopy(new double[] {100, 1, 2, 3, 0}, 0, seconds, 0, 5);
    System.arraycopy(new double[] {5, 4, 6, 0, 100}, 0, seconds, 45, 5);
    assertThat(of(seconds).atStart()).isEqualTo(2);
    assertThat(of(seconds).atEnd()).isEqualTo(5);
  }

  @Test
  void aTextOfOneTokenStartsWhereItEnds() {
    assertThat(of(7).atStart()).isEqualTo(7);
    assertThat(of(7).atEnd()).isEqualTo(7);
  }
}

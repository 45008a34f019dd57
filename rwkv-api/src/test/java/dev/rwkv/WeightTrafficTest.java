package dev.rwkv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.DType;
import org.junit.jupiter.api.Test;

class WeightTrafficTest {

  @Test
  void onlyTheSkippablePartShrinksWithTheZeros() {
    assertThat(new WeightTraffic(1000, 400, 0).bytesPerStep()).isEqualTo(1000);
    assertThat(new WeightTraffic(1000, 400, 0.25).bytesPerStep()).isEqualTo(900);
    assertThat(new WeightTraffic(1000, 400, 1).bytesPerStep()).isEqualTo(600);
  }

  @Test
  void whereNothingIsSkippedEverythingIsRead() {
    assertThat(new WeightTraffic(1000, 400, Double.NaN).bytesPerStep()).isEqualTo(1000);
    assertThat(new WeightTraffic(0, 0, Double.NaN).bytesPerStep()).isZero();
  }

  @Test
  void impossibleNumbersAreRefused() {
    assertThatThrownBy(() -> new WeightTraffic(10, 11, 0))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("11 is not a part of 10");
    assertThatThrownBy(() -> new WeightTraffic(10, -1, 0))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> new WeightTraffic(10, 5, 1.01))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("1.01");
    assertThatThrownBy(() -> new WeightTraffic(10, 5, -0.1))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void aBackendNeedNotKnow() {
    try (Model model = FakeModel.of(DType.F32)) {
      assertThat(model.weightTraffic()).isEmpty();
    }
  }
}

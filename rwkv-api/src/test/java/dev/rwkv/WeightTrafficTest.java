package dev.rwkv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.DType;
import org.junit.jupiter.api.Test;

class WeightTrafficTest {

  @Test
  void onlyTheSkippablePartShrinksWithWhatIsSkipped() {
    assertThat(new WeightTraffic(1000, 400, 8, 4, 0).bytesPerStep()).isEqualTo(1000);
    assertThat(new WeightTraffic(1000, 400, 8, 4, 2).bytesPerStep()).isEqualTo(900);
    assertThat(new WeightTraffic(1000, 400, 8, 8, 8).bytesPerStep()).isEqualTo(600);
    assertThat(new WeightTraffic(1000, 400, 8, 2, 0).zeroShare()).isEqualTo(0.25);
  }

  @Test
  void whereNothingIsSkippedEverythingIsRead() {
    assertThat(new WeightTraffic(1000, 400, 0, 0, 0).bytesPerStep()).isEqualTo(1000);
    assertThat(new WeightTraffic(1000, 400, 0, 0, 0).zeroShare()).isNaN();
    assertThat(new WeightTraffic(0, 0, 0, 0, 0).bytesPerStep()).isZero();
  }

  @Test
  void whatWasSeenBeforeIsLeftOut() {
    WeightTraffic before = new WeightTraffic(1000, 400, 100, 90, 50);
    WeightTraffic after = new WeightTraffic(1000, 400, 140, 100, 60);
    assertThat(after.since(before)).isEqualTo(new WeightTraffic(1000, 400, 40, 10, 10));
    assertThat(after.since(after).zeroShare()).isNaN();
  }

  @Test
  void impossibleNumbersAreRefused() {
    assertThatThrownBy(() -> new WeightTraffic(10, 11, 0, 0, 0))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("11 is not a part of 10");
    assertThatThrownBy(() -> new WeightTraffic(10, -1, 0, 0, 0))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> new WeightTraffic(10, 5, 3, 4, 0))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("4 is not a part of 3");
    assertThatThrownBy(() -> new WeightTraffic(10, 5, 3, 2, -1))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void aBackendNeedNotKnow() {
    try (Model model = FakeModel.of(DType.F32)) {
      assertThat(model.weightTraffic()).isEmpty();
    }
  }
}

package dev.rwkv.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpreadTest {

  @Test
  void theMedianIsTheMiddleInWhateverOrder() {
    assertThat(Spread.of(5, 1, 3)).isEqualTo(new Spread(3, 1, 5));
    assertThat(Spread.of(4, 1, 3, 2)).isEqualTo(new Spread(2.5, 1, 4));
    assertThat(Spread.of(7)).isEqualTo(new Spread(7, 7, 7));
  }

  @Test
  void theMeanOfTheTwoInTheMiddleDoesNotOverflow() {
    assertThat(Spread.median(Double.MAX_VALUE, Double.MAX_VALUE)).isEqualTo(Double.MAX_VALUE);
  }

  @Test
  void anUnknownValueMakesAllUnknown() {
    assertThat(Spread.of(1, Double.NaN, 2).median()).isNaN();
    assertThat(Spread.of(1, Double.NaN, 2).min()).isNaN();
    assertThat(Spread.of().median()).isNaN();
  }
}

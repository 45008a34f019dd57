package dev.rwkv.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.DType;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArithmeticTest {
  private static final Set<DType> ACTIVATIONS = Set.of(DType.F64, DType.F32, DType.F16, DType.BF16);

  @ParameterizedTest
  @EnumSource
  void activationsAreFloats(DType type) {
    if (ACTIVATIONS.contains(type)) {
      assertThat(new Arithmetic(type, 3).toString()).startsWith(type.label()).endsWith("3 ulp");
    } else {
      assertThatThrownBy(() -> new Arithmetic(type, 3))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining(type.label());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, 0, Arithmetic.MOST_EXP_ULPS + 1})
  void anExponentialIsWithinSomeUlps(int ulps) {
    assertThatThrownBy(() -> new Arithmetic(DType.F32, ulps))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(Integer.toString(ulps));
  }
}

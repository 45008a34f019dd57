package dev.rwkv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.error.StateException;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class StateTest {
  private static final StateLayout LAYOUT =
      StateLayout.of(
          "test",
          List.of(
              new StateLayout.Component("shift", Shape.of(2), 0),
              new StateLayout.Component("matrix", Shape.of(2, 2), 7),
              new StateLayout.Component("exponent", Shape.of(1), -1e30)));

  private static final Fingerprint MODEL = new Fingerprint("0123456789abcdef0123456789abcdef");

  @Example
  void componentsLieOneAfterTheOther() {
    assertThat(LAYOUT.elements()).isEqualTo(7);
    assertThat(LAYOUT.offset("shift")).isEqualTo(0);
    assertThat(LAYOUT.offset("matrix")).isEqualTo(2);
    assertThat(LAYOUT.offset("exponent")).isEqualTo(6);
    assertThat(LAYOUT.bytes(DType.F32)).isEqualTo(28);
    assertThat(LAYOUT.bytes(DType.F64)).isEqualTo(56);
    assertThat(LAYOUT.component("matrix").shape()).isEqualTo(Shape.of(2, 2));
    assertThatThrownBy(() -> LAYOUT.offset("other")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> LAYOUT.component("other"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() ->
            StateLayout.of(
                "test", List.of(LAYOUT.components().getFirst(), LAYOUT.components().getFirst())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("shift");
  }

  @Example
  void layoutsAreEqualWhenArchitectureAndComponentsAre() {
    assertThat(StateLayout.of("test", LAYOUT.components()))
        .isEqualTo(LAYOUT)
        .hasSameHashCodeAs(LAYOUT);
    assertThat(StateLayout.of("other", LAYOUT.components())).isNotEqualTo(LAYOUT);
    assertThat(StateLayout.of("test", LAYOUT.components().subList(0, 2))).isNotEqualTo(LAYOUT);
  }

  @Property(tries = 50)
  void valuesAreStoredLittleEndianInTheLayoutsOrder(
      @ForAll double a, @ForAll double b, @ForAll double c) {
    double[] values = {a, b, c, 4, 5, 6, 7};
    for (DType type : List.of(DType.F32, DType.F64)) {
      State state = State.ofValues(LAYOUT, MODEL, type, values);
      ByteBuffer bytes =
          ByteBuffer.wrap(state.data().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
      bytes.order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < values.length; i++) {
        double expected = type == DType.F32 ? (float) values[i] : values[i];
        double stored = type == DType.F32 ? bytes.getFloat(4 * i) : bytes.getDouble(8 * i);
        assertThat(stored).isEqualTo(expected);
        assertThat(state.toDoubles()[i]).isEqualTo(expected);
      }
      assertThat(state.component("matrix").get(1)).isEqualTo(4);
      assertThat(state.component("exponent").toDoubles()).containsExactly(7);
    }
  }

  @Example
  void theInitialStateHasTheInitialValues() {
    assertThat(State.initial(LAYOUT, MODEL, DType.F64).toDoubles())
        .containsExactly(0, 0, 7, 7, 7, 7, -1e30);
    assertThat(State.initial(LAYOUT, MODEL, DType.F32).toDoubles()[6]).isEqualTo(-1e30f);
  }

  @Example
  void aStateIsACopyThatNobodyCanWrite() {
    byte[] bytes = new byte[28];
    State state = State.copyOf(LAYOUT, MODEL, DType.F32, MemorySegment.ofArray(bytes));
    bytes[0] = 1;
    assertThat(state.toDoubles()).containsOnly(0);
    assertThat(state.data().isReadOnly()).isTrue();
    double[] values = new double[7];
    State other = State.ofValues(LAYOUT, MODEL, DType.F64, values);
    values[0] = 1;
    other.toDoubles()[0] = 1;
    assertThat(other.toDoubles()).containsOnly(0);
  }

  @Example
  void wrongTypesAndSizesAreRefused() {
    for (DType type : DType.values()) {
      if (type != DType.F32 && type != DType.F64) {
        assertThatThrownBy(() -> State.ofValues(LAYOUT, MODEL, type, new double[7]))
            .isInstanceOf(StateException.class)
            .hasMessageContaining(type.label());
        assertThatThrownBy(() -> State.initial(LAYOUT, MODEL, type))
            .isInstanceOf(StateException.class);
      }
    }
    assertThatThrownBy(() -> State.ofValues(LAYOUT, MODEL, DType.F32, new double[6]))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("takes 28 bytes as f32, not 24");
    MemorySegment odd = MemorySegment.ofArray(new byte[29]);
    assertThatThrownBy(() -> State.copyOf(LAYOUT, MODEL, DType.F32, odd))
        .isInstanceOf(StateException.class);
  }

  @Example
  void aStateTooLargeForAnArrayIsRefused() {
    StateLayout huge =
        StateLayout.of("test", List.of(new StateLayout.Component("x", Shape.of(1L << 30, 2), 0)));
    assertThatThrownBy(() -> State.initial(huge, MODEL, DType.F32))
        .isInstanceOf(StateException.class);
  }

  @Example
  void statesAreEqualWhenModelLayoutTypeAndBitsAre() {
    State state = State.ofValues(LAYOUT, MODEL, DType.F64, new double[] {1, 2, 3, 4, 5, 6, 7});
    State same = State.copyOf(LAYOUT, MODEL, DType.F64, state.data());
    assertThat(same).isEqualTo(state).hasSameHashCodeAs(state);
    assertThat(State.ofValues(LAYOUT, MODEL, DType.F32, state.toDoubles())).isNotEqualTo(state);
    assertThat(State.ofValues(LAYOUT, new Fingerprint("f"), DType.F64, state.toDoubles()))
        .isNotEqualTo(state);
    assertThat(State.ofValues(LAYOUT, MODEL, DType.F64, new double[] {1, 2, 3, 4, 5, 6, 8}))
        .isNotEqualTo(state);
    assertThat(State.ofValues(LAYOUT, MODEL, DType.F64, new double[7]))
        .isNotEqualTo(
            State.ofValues(LAYOUT, MODEL, DType.F64, new double[] {-0.0, 0, 0, 0, 0, 0, 0}));
  }
}

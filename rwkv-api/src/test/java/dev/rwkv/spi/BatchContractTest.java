package dev.rwkv.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.FakeModel;
import dev.rwkv.Session;
import dev.rwkv.error.ClosedException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.error.NonFiniteException;
import dev.rwkv.error.StateException;
import dev.rwkv.error.UnsupportedCapabilityException;
import dev.rwkv.tensor.DType;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchContractTest {
  private final FakeModel model = FakeModel.of(DType.F64, Capability.BATCH);
  private final Session a = model.newSession();
  private final Session b = model.newSession();

  @BeforeEach
  void step() {
    a.step(1);
    b.step(2);
  }

  @AfterEach
  void close() {
    model.close();
  }

  private static Session[] batch(Session... sessions) {
    return sessions;
  }

  /** Neither session has moved, and their logits can still be read. */
  private void assertNothingMoved() {
    assertThat(a.logits().get(0)).isEqualTo(FakeModel.logit(0, 1));
    assertThat(b.logits().get(0)).isEqualTo(FakeModel.logit(0, 2));
    model.step(batch(a, b), new int[] {3, 4});
    assertThat(a.logits().get(0)).isEqualTo(FakeModel.logit(0, 1, 3));
    assertThat(b.logits().get(0)).isEqualTo(FakeModel.logit(0, 2, 4));
  }

  private void assertRefused(String argument, Session[] sessions, int... tokens) {
    assertThatThrownBy(() -> model.step(sessions, tokens))
        .isInstanceOfSatisfying(
            InvalidArgumentException.class, e -> assertThat(e.argument()).isEqualTo(argument));
    assertNothingMoved();
  }

  @Test
  void everySessionGetsItsTokenAndItsLogits() {
    assertNothingMoved();
  }

  @Test
  void anEmptyBatchIsRefused() {
    assertRefused("sessions", batch());
  }

  @Test
  void tooFewTokensAreRefused() {
    assertRefused("tokens", batch(a, b), 1);
  }

  @Test
  void aWrongTokenIsNamed() {
    assertRefused("tokens[1]", batch(a, b), 1, FakeModel.VOCABULARY);
  }

  @Test
  void aRepeatedSessionIsNamed() {
    assertRefused("sessions[2]", batch(a, b, a), 1, 2, 3);
  }

  @Test
  void aForeignSessionIsNamed() {
    try (FakeModel other = FakeModel.of(DType.F64, Capability.BATCH);
        Session foreign = other.newSession()) {
      assertRefused("sessions[1]", batch(a, foreign), 1, 2);
    }
  }

  @Test
  void nullsAreNamed() {
    assertThatThrownBy(() -> model.step(null, new int[] {1}))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> model.step(batch(a), null))
        .isInstanceOf(InvalidArgumentException.class);
    assertRefused("sessions[1]", batch(a, null), 1, 2);
  }

  @Test
  void aClosedSessionIsRefusedAndTheOthersKeepTheirLogits() {
    Session closed = model.newSession();
    closed.close();
    assertThatThrownBy(() -> model.step(batch(a, b, closed), new int[] {1, 1, 1}))
        .isInstanceOf(ClosedException.class);
    assertNothingMoved();
  }

  @Test
  void theCallersArraysMayChangeDuringTheStep() {
    Session[] sessions = batch(a, b);
    int[] tokens = {3, 4};
    model.duringStep =
        () -> {
          Arrays.fill(sessions, null);
          Arrays.fill(tokens, -1);
        };
    model.step(sessions, tokens);
    model.duringStep = () -> {};
    assertThat(b.logits().get(0)).isEqualTo(FakeModel.logit(0, 2, 4));
    a.step(1); // it was left, so it can be entered
  }

  @Test
  void oneSpoiledSessionIsNamedAndTheOthersHaveMoved() {
    model.poison = 5;
    assertThatThrownBy(() -> model.step(batch(a, b), new int[] {3, 5}))
        .isInstanceOf(NonFiniteException.class)
        .hasMessageContaining("sessions[1]");
    assertThat(a.logits().get(0)).isEqualTo(FakeModel.logit(0, 1, 3));
    assertThatThrownBy(() -> b.logits().get(0)).isInstanceOf(StateException.class);
  }

  @Test
  void withoutTheCapabilityABatchIsUnsupported() {
    try (FakeModel alone = FakeModel.of(DType.F32);
        Session session = alone.newSession()) {
      assertThatThrownBy(() -> alone.step(batch(session), new int[] {1}))
          .isInstanceOfSatisfying(
              UnsupportedCapabilityException.class,
              e -> assertThat(e.capability()).isEqualTo(Capability.BATCH));
    }
  }

  @Test
  void afterClosingTheModelABatchIsRefused() {
    model.close();
    assertThatThrownBy(() -> model.step(batch(a, b), new int[] {1, 1}))
        .isInstanceOf(ClosedException.class);
  }
}

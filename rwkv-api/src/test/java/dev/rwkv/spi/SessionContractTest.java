package dev.rwkv.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.FakeModel;
import dev.rwkv.Fingerprint;
import dev.rwkv.Logits;
import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.StateLayout;
import dev.rwkv.error.ClosedException;
import dev.rwkv.error.ConcurrentUseException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.error.NonFiniteException;
import dev.rwkv.error.StateException;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SessionContractTest {
  private FakeModel model = FakeModel.of(DType.F32);
  private Session session = model.newSession();

  @AfterEach
  void closeAll() {
    session.close();
    model.close();
  }

  private static void assertLogits(Logits logits, int... tokens) {
    double[] expected =
        IntStream.range(0, FakeModel.VOCABULARY)
            .mapToDouble(i -> FakeModel.logit(i, tokens))
            .toArray();
    assertThat(logits.toDoubles()).containsExactly(expected);
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "F64"})
  void logitsAreReadAsTheBackendWroteThem(DType type) {
    try (FakeModel other = FakeModel.of(type);
        Session fresh = other.newSession()) {
      Logits logits = fresh.step(3);
      assertLogits(logits, 3);
      assertThat(logits.dtype()).isEqualTo(type);
      assertThat(logits.size()).isEqualTo(FakeModel.VOCABULARY);
      assertThat(logits.toFloats()).hasSize(FakeModel.VOCABULARY).startsWith(4.5f, 4.625f);
      assertThat(logits.argmax()).isEqualTo(FakeModel.VOCABULARY - 1);
    }
  }

  @Test
  void prefillLeavesWhatSteppingLeavesAndAnEmptySpanChangesNothing() {
    session.prefill(1, 2, 3);
    assertLogits(session.logits(), 1, 2, 3);
    State before = session.snapshot();
    session.prefill();
    session.prefill(new int[0], (i, logits) -> assertThat(i).isNegative());
    assertThat(session.snapshot()).isEqualTo(before);
    assertLogits(session.logits(), 1, 2, 3);
    try (Session other = model.newSession()) {
      IntStream.of(1, 2, 3).forEach(other::step);
      assertThat(other.snapshot()).isEqualTo(before);
    }
  }

  @Test
  void aVisitorSeesTheLogitsAfterEveryTokenInOrder() {
    List<Integer> seen = new ArrayList<>();
    int[] tokens = {4, 0, 6};
    session.prefill(
        tokens,
        (i, logits) -> {
          seen.add(i);
          assertLogits(logits, java.util.Arrays.copyOf(tokens, i + 1));
        });
    assertThat(seen).containsExactly(0, 1, 2);
  }

  @Test
  void beforeTheFirstTokenAndAfterResetAndRestoreThereAreNoLogits() {
    State start = session.snapshot();
    assertNoLogits();
    session.prefill();
    assertNoLogits();
    session.step(1);
    session.reset();
    assertNoLogits();
    assertThat(session.snapshot()).isEqualTo(start);
    session.step(1);
    session.restore(start);
    assertNoLogits();
    assertLogits(session.step(2), 2);
  }

  private void assertNoLogits() {
    Logits logits = session.logits();
    assertThatThrownBy(() -> logits.get(0)).isInstanceOf(StateException.class);
    assertThatThrownBy(logits::toFloats).isInstanceOf(StateException.class);
    assertThatThrownBy(logits::argmax).isInstanceOf(StateException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, FakeModel.VOCABULARY, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void aWrongTokenIsNamedAndNothingMoves(int wrong) {
    session.step(1);
    State before = session.snapshot();
    assertThatThrownBy(() -> session.step(wrong))
        .isInstanceOfSatisfying(
            InvalidArgumentException.class, e -> assertThat(e.argument()).isEqualTo("token"));
    assertThatThrownBy(() -> session.prefill(1, 2, wrong, 3))
        .isInstanceOfSatisfying(
            InvalidArgumentException.class, e -> assertThat(e.argument()).isEqualTo("tokens[2]"))
        .hasMessageContaining("0 to 6");
    assertThatThrownBy(() -> session.prefill(new int[] {wrong}, (i, logits) -> {}))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> session.logits().get(wrong))
        .isInstanceOf(InvalidArgumentException.class);
    assertThat(session.snapshot()).isEqualTo(before);
    assertLogits(session.logits(), 1);
    assertLogits(session.step(2), 1, 2);
  }

  @Test
  void nullsAndShortArraysAreInvalidArguments() {
    assertThatThrownBy(() -> session.prefill((int[]) null))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> session.prefill(null, (i, logits) -> {}))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> session.prefill(new int[] {1}, null))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> session.restore(null)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> model.newSession(null)).isInstanceOf(InvalidArgumentException.class);
    Logits logits = session.step(1);
    assertThatThrownBy(() -> logits.copyTo(null)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> logits.copyTo(new float[FakeModel.VOCABULARY - 1]))
        .isInstanceOf(InvalidArgumentException.class);
    assertLogits(session.logits(), 1);
  }

  @Test
  void theCallersArrayMayChangeDuringTheSpan() {
    int[] tokens = {1, 2, 3};
    model.duringStep = () -> java.util.Arrays.fill(tokens, -1);
    assertLogits(session.prefill(tokens), 1, 2, 3);
  }

  @Test
  void aForkIsIndependentAndHasTheLogits() {
    session.prefill(1, 2);
    try (Session fork = session.fork()) {
      assertLogits(fork.logits(), 1, 2);
      session.step(3);
      assertLogits(fork.logits(), 1, 2);
      assertLogits(fork.step(4), 1, 2, 4);
      assertLogits(session.logits(), 1, 2, 3);
      session.close();
      assertLogits(fork.step(5), 1, 2, 4, 5);
    }
  }

  @Test
  void aSnapshotIsAValueAndContinues() {
    session.prefill(1, 2);
    State saved = session.snapshot();
    State same = session.snapshot();
    session.step(3);
    assertThat(saved).isEqualTo(same);
    try (Session other = model.newSession(saved)) {
      assertLogits(other.step(4), 1, 2, 4);
    }
    session.restore(saved);
    assertLogits(session.step(5), 1, 2, 5);
  }

  @Test
  void aStateOfTheOtherFloatTypeIsRestored() {
    State wide =
        State.ofValues(
            FakeModel.LAYOUT, model.fingerprint(), DType.F64, new double[] {1, 0.5 * 3 + 1});
    session.restore(wide);
    assertLogits(session.step(2), 1, 2);
  }

  @Test
  void aForeignStateIsRefusedAndNothingChanges() {
    session.step(1);
    State foreign = State.initial(FakeModel.LAYOUT, new Fingerprint("0".repeat(32)), DType.F32);
    StateLayout layout =
        StateLayout.of("fake", List.of(new StateLayout.Component("count", Shape.of(1), 0)));
    State other = State.initial(layout, model.fingerprint(), DType.F32);
    assertThatThrownBy(() -> session.restore(foreign))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("fingerprint");
    assertThatThrownBy(() -> session.restore(other)).isInstanceOf(StateException.class);
    assertThatThrownBy(() -> model.newSession(foreign)).isInstanceOf(StateException.class);
    assertThat(model.sessionsReleased).hasValue(1); // the one that newSession(state) had made
    assertLogits(session.logits(), 1);
    assertLogits(session.step(2), 1, 2);
  }

  @Test
  void aLogitThatIsNotFiniteIsReportedAndTheSessionCanBeReset() {
    model.poison = 5;
    assertThatThrownBy(() -> session.prefill(1, 5))
        .isInstanceOfSatisfying(NonFiniteException.class, e -> assertThat(e.logit()).isEqualTo(2))
        .hasMessageContaining("every weight in fake.bin is finite");
    assertNoLogits();
    List<Integer> seen = new ArrayList<>();
    assertThatThrownBy(() -> session.prefill(new int[] {1, 5, 1}, (i, logits) -> seen.add(i)))
        .isInstanceOf(NonFiniteException.class);
    assertThat(seen).containsExactly(0);
    session.reset();
    assertLogits(session.step(2), 2);
  }

  @Test
  void theWeightToBlameIsNamed() {
    FakeModel broken =
        new FakeModel(
            FakeModel.weights().with("att.weight", Shape.of(2, 2), 1, 2, Double.NaN, 4),
            DType.F64,
            java.util.Set.of());
    broken.poison = 0;
    try (broken;
        Session fresh = broken.newSession()) {
      assertThatThrownBy(() -> fresh.step(0))
          .isInstanceOf(NonFiniteException.class)
          .hasMessageContaining("'att.weight' holds NaN at element 2");
    }
  }

  @Test
  void afterCloseEverythingButModelAndCloseThrows() {
    Logits logits = session.step(1);
    State state = session.snapshot();
    session.close();
    session.close();
    assertThat(model.sessionsReleased).hasValue(1);
    assertThat(session.model()).isSameAs(model);
    assertClosed(session, logits, state, "session");
    try (Session other = model.newSession()) {
      assertLogits(other.step(1), 1); // the model works on
    }
  }

  @Test
  void closingTheModelEndsItsSessions() {
    Logits logits = session.step(1);
    State state = session.snapshot();
    model.close();
    model.close();
    assertThat(model.released).hasValue(1);
    assertClosed(session, logits, state, "model");
    assertThatThrownBy(model::newSession).isInstanceOf(ClosedException.class);
    session.close();
    assertThat(model.sessionsReleased).hasValue(1);
  }

  private static void assertClosed(Session closed, Logits logits, State state, String what) {
    for (Runnable use :
        List.<Runnable>of(
            () -> closed.step(1),
            () -> closed.prefill(1),
            () -> closed.prefill(),
            () -> closed.prefill(new int[] {1}, (i, l) -> {}),
            closed::logits,
            closed::fork,
            closed::snapshot,
            () -> closed.restore(state),
            closed::reset)) {
      assertThatThrownBy(use::run).isInstanceOf(ClosedException.class).hasMessageContaining(what);
    }
    assertThatThrownBy(() -> logits.get(0)).isInstanceOf(ClosedException.class);
    assertThatThrownBy(() -> logits.copyTo(new float[FakeModel.VOCABULARY]))
        .isInstanceOf(ClosedException.class);
  }

  @Test
  void aSecondThreadIsRefusedWhileAStepRuns() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    model.duringStep = () -> waitInside(inside, go);
    Thread stepping = Thread.ofPlatform().start(() -> session.step(1));
    inside.await();
    assertThatThrownBy(() -> session.step(2)).isInstanceOf(ConcurrentUseException.class);
    assertThatThrownBy(session::snapshot).isInstanceOf(ConcurrentUseException.class);
    assertThatThrownBy(session::fork).isInstanceOf(ConcurrentUseException.class);
    go.countDown();
    stepping.join();
    assertLogits(session.logits(), 1);
    model.duringStep = () -> {};
    assertLogits(session.step(2), 1, 2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void closingDuringAStepLetsItFinishAndReleasesAfterIt(boolean closeModel) throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    model.duringStep = () -> waitInside(inside, go);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread stepping =
        Thread.ofPlatform()
            .start(() -> {
              try {
                session.step(1);
              } catch (RuntimeException e) {
                failure.set(e);
              }
            });
    inside.await();
    if (closeModel) {
      model.close();
    } else {
      session.close();
    }
    assertThat(model.released).hasValue(0);
    assertThat(model.sessionsReleased).hasValue(0);
    go.countDown();
    stepping.join();
    assertThat(failure).hasValue(null);
    assertThat(model.released).hasValue(closeModel ? 1 : 0);
    assertThat(model.sessionsReleased).hasValue(closeModel ? 0 : 1);
    assertThatThrownBy(() -> session.step(1)).isInstanceOf(ClosedException.class);
  }

  @Test
  void aVisitorMayCloseTheSessionButNotUseIt() {
    assertThatThrownBy(() -> session.prefill(new int[] {1, 2}, (i, logits) -> session.step(3)))
        .isInstanceOf(ConcurrentUseException.class);
    session.reset();
    session.prefill(new int[] {1, 2}, (i, logits) -> session.close());
    assertThat(model.sessionsReleased).hasValue(1);
    assertThatThrownBy(session::snapshot).isInstanceOf(ClosedException.class);
  }

  @Test
  void aBackendThatFailsLeavesTheSessionUsable() {
    model.duringStep =
        () -> {
          throw new IllegalStateException("device lost");
        };
    assertThatThrownBy(() -> session.step(1)).hasMessage("device lost");
    assertNoLogits();
    model.duringStep = () -> {};
    session.reset();
    assertLogits(session.step(2), 2);
  }

  private static void waitInside(CountDownLatch inside, CountDownLatch go) {
    inside.countDown();
    try {
      assertThat(go.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

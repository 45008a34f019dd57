package dev.rwkv.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rwkv.Device;
import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.error.ClosedException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.error.NonFiniteException;
import dev.rwkv.error.StateException;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The oracle as a backend: both forms, batches, states, errors. */
class ReferenceModelTest {
  private static final int VOCABULARY = 19;

  private static SyntheticModel synthetic(int layers, int width, long seed) {
    return SyntheticModel.of(layers, width, VOCABULARY, DType.F32, seed);
  }

  private static Model load(SyntheticModel model) {
    return new ReferenceProvider().load(model.open(), LoadOptions.defaults());
  }

  private static int[] tokens(int count, long seed) {
    return new Random(seed).ints(count, 0, VOCABULARY).toArray();
  }

  /** Cuts at random places, so that empty spans and spans longer than a chunk come up. */
  private static List<int[]> spans(int[] tokens, int cuts, long seed) {
    int[] at = new Random(seed).ints(cuts, 0, tokens.length + 1).sorted().toArray();
    List<int[]> spans = new ArrayList<>();
    int from = 0;
    for (int cut : at) {
      spans.add(Arrays.copyOfRange(tokens, from, cut));
      from = cut;
    }
    spans.add(Arrays.copyOfRange(tokens, from, tokens.length));
    return spans;
  }

  private static double[][] stepped(Session session, int[] tokens) {
    double[][] logits = new double[tokens.length][];
    for (int t = 0; t < tokens.length; t++) {
      logits[t] = session.step(tokens[t]).toDoubles();
    }
    return logits;
  }

  @Property(tries = 60)
  void theFormsAgreeForEverySplit(
      @ForAll @IntRange(min = 1, max = 3) int layers,
      @ForAll @IntRange(min = 1, max = 24) int width,
      @ForAll @IntRange(min = 0, max = 140) int count,
      @ForAll @IntRange(min = 0, max = 6) int cuts,
      @ForAll long seed) {
    int[] tokens = tokens(count, seed);
    try (Model model = load(synthetic(layers, width, seed));
        Session recurrent = model.newSession();
        Session parallel = model.newSession();
        Session visited = model.newSession()) {
      double[][] expected = stepped(recurrent, tokens);
      int done = 0;
      for (int[] span : spans(tokens, cuts, seed)) {
        parallel.prefill(span);
        int before = done;
        visited.prefill(span, (i, logits) -> assertClose(logits.toDoubles(), expected[before + i]));
        done += span.length;
        if (done > 0) {
          assertClose(parallel.logits().toDoubles(), expected[done - 1]);
        }
      }
      assertThat(done).isEqualTo(count);
      assertSameState(parallel.snapshot(), recurrent.snapshot());
      assertSameState(visited.snapshot(), recurrent.snapshot());
    }
  }

  @Property(tries = 20)
  void laterTokensNeverChangeEarlierLogits(
      @ForAll @IntRange(min = 1, max = 70) int count, @ForAll long seed) {
    int[] tokens = tokens(count, seed);
    int[] longer = tokens(count + 9, seed);
    try (Model model = load(synthetic(2, 16, seed));
        Session one = model.newSession();
        Session other = model.newSession()) {
      List<double[]> alone = new ArrayList<>();
      one.prefill(tokens, (i, logits) -> alone.add(logits.toDoubles()));
      other.prefill(
          longer,
          (i, logits) -> {
            if (i < count) {
              assertThat(logits.toDoubles()).containsExactly(alone.get(i));
            }
          });
    }
  }

  @Property(tries = 20)
  void aBatchIsBitForBitWhatEachSessionWouldBeAlone(
      @ForAll @IntRange(min = 1, max = 6) int count, @ForAll long seed) {
    try (Model model = load(synthetic(2, 20, seed))) {
      Session[] batch = new Session[count];
      Session[] alone = new Session[count];
      for (int i = 0; i < count; i++) {
        batch[i] = model.newSession();
        batch[i].prefill(tokens(i, seed + i));
        alone[i] = batch[i].fork();
      }
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        order.add(i);
      }
      for (int step = 0; step < 4; step++) {
        Collections.shuffle(order, new Random(seed + step));
        int[] tokens = tokens(count, seed + step);
        model.step(
            order.stream().map(i -> batch[i]).toArray(Session[]::new),
            order.stream().mapToInt(i -> tokens[i]).toArray());
        for (int i = 0; i < count; i++) {
          assertThat(batch[i].logits().toDoubles())
              .containsExactly(alone[i].step(tokens[i]).toDoubles());
        }
      }
      for (int i = 0; i < count; i++) {
        assertThat(batch[i].snapshot()).isEqualTo(alone[i].snapshot());
      }
    }
  }

  @Property(tries = 20)
  void aSnapshotContinuesBitForBitAndForksAreIndependent(
      @ForAll @IntRange(min = 0, max = 20) int before,
      @ForAll @IntRange(min = 1, max = 20) int after,
      @ForAll long seed) {
    int[] more = tokens(after, seed + 1);
    try (Model model = load(synthetic(2, 12, seed));
        Session session = model.newSession()) {
      session.prefill(tokens(before, seed));
      State saved = session.snapshot();
      Session fork = session.fork();
      double[][] expected = stepped(session, more);
      assertThat(fork.snapshot()).isEqualTo(saved);
      assertThat(stepped(fork, more)).isDeepEqualTo(expected);
      session.restore(saved);
      assertThat(stepped(session, more)).isDeepEqualTo(expected);
      try (Session other = model.newSession(saved)) {
        assertThat(stepped(other, more)).isDeepEqualTo(expected);
        assertThat(other.snapshot()).isEqualTo(session.snapshot());
      }
    }
  }

  @Example
  void aStateInSinglePrecisionIsContinued() {
    try (Model model = load(synthetic(2, 12, 1));
        Session session = model.newSession()) {
      session.prefill(tokens(10, 1));
      State narrow =
          State.ofValues(
              model.stateLayout(), model.fingerprint(), DType.F32, session.snapshot().toDoubles());
      double[] expected = session.step(3).toDoubles();
      try (Session other = model.newSession(narrow)) {
        assertThat(other.step(3).toDoubles()).containsExactly(expected, within(1e-5));
      }
      State empty = State.initial(model.stateLayout(), model.fingerprint(), DType.F32);
      try (Session other = model.newSession(empty)) {
        session.reset();
        assertThat(other.step(3).toDoubles()).containsExactly(session.step(3).toDoubles());
      }
    }
  }

  @Example
  void manySessionsOnManyThreadsAnswerAsOneWould() throws Exception {
    int[] tokens = tokens(12, 5);
    try (Model model = load(synthetic(2, 32, 5));
        Session alone = model.newSession();
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      double[][] expected = stepped(alone, tokens);
      Callable<double[][]> task =
          () -> {
            try (Session session = model.newSession()) {
              return stepped(session, tokens);
            }
          };
      for (Future<double[][]> answer : threads.invokeAll(Collections.nCopies(8, task))) {
        assertThat(answer.get()).isDeepEqualTo(expected);
      }
    }
  }

  @Example
  void closingDuringAStepLetsItFinish() throws Exception {
    for (boolean closeModel : new boolean[] {true, false}) {
      Model model = load(synthetic(3, 64, 5));
      Session session = model.newSession();
      Thread stepping =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  while (true) {
                    session.step(1);
                  }
                } catch (ClosedException e) {
                  // As it must end.
                }
              });
      Thread.sleep(30);
      if (closeModel) {
        model.close();
      } else {
        session.close();
      }
      stepping.join(30_000);
      assertThat(stepping.isAlive()).isFalse();
      assertThatThrownBy(() -> session.step(1)).isInstanceOf(ClosedException.class);
      model.close();
    }
  }

  @Example
  void wrongTokensAndForeignStatesAreRefusedAndTheModelWorksOn() {
    try (Model model = load(synthetic(1, 8, 5));
        Model other = load(synthetic(1, 8, 6));
        Session session = model.newSession();
        Session foreign = other.newSession()) {
      double[] expected = session.step(1).toDoubles();
      session.reset();
      for (int wrong : new int[] {-1, VOCABULARY, Integer.MAX_VALUE}) {
        assertThatThrownBy(() -> session.step(wrong)).isInstanceOf(InvalidArgumentException.class);
        assertThatThrownBy(() -> session.prefill(1, wrong))
            .isInstanceOf(InvalidArgumentException.class);
      }
      assertThatThrownBy(() -> session.restore(foreign.snapshot()))
          .isInstanceOf(StateException.class);
      assertThat(session.step(1).toDoubles()).containsExactly(expected);
    }
  }

  @Example
  void aWeightThatIsNoNumberIsNamed() {
    PatchedCheckpoint broken =
        new PatchedCheckpoint(synthetic(2, 8, 5).open())
            .set("blocks.1.ffn.value.weight", 13, Double.NaN);
    try (Model model = new ReferenceProvider().load(broken, LoadOptions.defaults());
        Session session = model.newSession()) {
      for (Runnable use : List.<Runnable>of(() -> session.step(3), () -> session.prefill(3, 4))) {
        assertThatThrownBy(use::run)
            .isInstanceOf(NonFiniteException.class)
            .hasMessageContaining("blocks.1.ffn.value.weight")
            .hasMessageContaining("element 13");
        session.reset();
      }
    }
  }

  @Example
  void itSaysWhatItIs() {
    try (Model model = load(synthetic(2, 8, 5))) {
      assertThat(model.backend()).isEqualTo("reference");
      assertThat(model.device().kind()).isEqualTo(Device.Kind.CPU);
      assertThat(model.device().threads()).isEqualTo(1);
      assertThat(model.precision()).isEqualTo(DType.F32);
      assertThat(model.config().layers()).isEqualTo(2);
      assertThat(model.capabilities()).isEqualTo(new ReferenceProvider().capabilities());
      try (Session session = model.newSession()) {
        assertThat(session.step(1).dtype()).isEqualTo(DType.F64);
        assertThat(session.snapshot().dtype()).isEqualTo(DType.F64);
      }
    }
  }

  /** Doubles, and sums of at most some hundred terms: eleven digits. */
  static void assertClose(double[] actual, double[] expected) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    assertThat(actual).containsExactly(expected, within(1e-11 * Math.max(1, largest)));
  }

  /** Compares numerators and denominators at equal exponents. */
  static void assertSameState(State actual, State expected) {
    double[] a = comparable(actual, expected);
    double[] b = comparable(expected, expected);
    for (int i = 0; i < a.length; i++) {
      assertThat(a[i]).isCloseTo(b[i], within(1e-11 * Math.max(1, Math.abs(b[i]))));
    }
  }

  private static double[] comparable(State state, State reference) {
    double[] values = state.toDoubles();
    for (int layer = 0; ; layer++) {
      String block = "blocks." + layer + ".att.";
      if (state.layout().components().stream()
          .noneMatch(component -> component.name().startsWith(block))) {
        return values;
      }
      double[] p = state.component(block + "exponent").toDoubles();
      double[] wanted = reference.component(block + "exponent").toDoubles();
      for (String sum : List.of("numerator", "denominator")) {
        int offset = (int) state.layout().offset(block + sum);
        for (int c = 0; c < p.length; c++) {
          values[offset + c] = WkvState.atExponent(values[offset + c], p[c], wanted[c]);
        }
      }
      System.arraycopy(
          wanted, 0, values, (int) state.layout().offset(block + "exponent"), wanted.length);
    }
  }
}

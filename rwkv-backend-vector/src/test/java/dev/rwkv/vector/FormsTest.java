package dev.rwkv.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.Model;
import dev.rwkv.ModelConfig;
import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.DType;
import dev.rwkv.vector.OracleTest.Width;
import dev.rwkv.vector.kernel.Kernels;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Recurrent, parallel and batched forms, every width and number of threads: the same bits, but that
 * quantised weights are multiplied in another order when there are several tokens.
 */
class FormsTest {
  private static final ModelConfig CONFIG = ModelConfig.of("rwkv-4", 2, 96, 224, 77);

  private static final Session.LogitsVisitor IGNORED = (index, logits) -> {};

  private record Outcome(float[] logits, State state) {
    static Outcome of(Session session) {
      return new Outcome(session.logits().toFloats(), session.snapshot());
    }

    void assertSameBits(Outcome other, String as) {
      assertThat(bits(logits)).as(as).isEqualTo(bits(other.logits));
      assertThat(state).as(as).isEqualTo(other.state);
    }

    private static int[] bits(float[] values) {
      int[] bits = new int[values.length];
      for (int i = 0; i < bits.length; i++) {
        bits[i] = Float.floatToIntBits(values[i]);
      }
      return bits;
    }
  }

  private static Model load(ModelConfig config, DType precision, Kernels kernels, int threads) {
    return VectorModel.load(
        new SyntheticModel(config, DType.F32, 3).open(),
        LoadOptions.defaults().withPrecision(precision).withThreads(threads),
        kernels);
  }

  private static int[] tokens(int count, int vocabulary, long seed) {
    return new Random(seed).ints(count, 0, vocabulary).toArray();
  }

  private static Outcome stepped(Model model, int[] tokens) {
    try (Session session = model.newSession()) {
      for (int token : tokens) {
        session.step(token);
      }
      return Outcome.of(session);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "BF16", "F16"})
  void prefillLeavesTheBitsThatSteppingLeaves(DType precision) {
    int[] tokens = tokens(21, CONFIG.vocabulary(), 5);
    for (Width width : Width.values()) {
      try (Model model = load(CONFIG, precision, width.kernels(), 2);
          Session session = model.newSession()) {
        session.prefill(tokens);
        stepped(model, tokens).assertSameBits(Outcome.of(session), width.name());
      }
    }
  }

  @InEveryPrecision
  void whereAPrefillIsSplitDoesNotChangeABit(DType precision) {
    int[] tokens = tokens(21, CONFIG.vocabulary(), 5);
    int least = precision.isQuantised() ? 2 : 1;
    for (Width width : Width.values()) {
      try (Model model = load(CONFIG, precision, width.kernels(), 2);
          Session session = model.newSession()) {
        session.prefill(tokens);
        Outcome expected = Outcome.of(session);
        for (int split = least; split <= tokens.length - least; split++) {
          session.reset();
          session.prefill(Arrays.copyOf(tokens, split));
          session.prefill(Arrays.copyOfRange(tokens, split, tokens.length));
          expected.assertSameBits(Outcome.of(session), width + " split at " + split);
        }
      }
    }
  }

  @Property(tries = 30)
  void widthAndThreadsDoNotChangeABit(
      @ForAll @IntRange(min = 1, max = 200) int channels,
      @ForAll @IntRange(min = 1, max = 300) int hidden,
      @ForAll @IntRange(min = 1, max = 40) int vocabulary) {
    ModelConfig config = ModelConfig.of("rwkv-4", 2, channels, hidden, vocabulary);
    int[] tokens = tokens(9, vocabulary, channels);
    Outcome expected = null;
    for (Width width : Width.values()) {
      for (int threads = 1; threads <= 3; threads++) {
        try (Model model = load(config, DType.F32, width.kernels(), threads);
            Session session = model.newSession()) {
          session.prefill(tokens);
          session.step(0);
          Outcome outcome = Outcome.of(session);
          expected = expected == null ? outcome : expected;
          expected.assertSameBits(outcome, width + " with " + threads + " threads");
        }
      }
    }
  }

  // From one panel for all threads to more panels than threads; rows are handed out in groups.
  @Property(tries = 12)
  void manyThreadsDoNotChangeABit(
      @ForAll @IntRange(min = 1, max = 300) int channels,
      @ForAll @IntRange(min = 1, max = 500) int hidden,
      @ForAll @IntRange(min = 2, max = 70) int count,
      @ForAll boolean quantised) {
    int whole = quantised ? DType.QUANT_BLOCK : 1;
    ModelConfig config =
        ModelConfig.of(
            "rwkv-4",
            1,
            (channels + whole - 1) / whole * whole,
            (hidden + whole - 1) / whole * whole,
            45);
    DType precision = quantised ? DType.Q5_1 : DType.F32;
    int[] tokens = tokens(count, 45, channels);
    for (Width width : Width.values()) {
      Outcome expected = null;
      for (int threads : new int[] {1, 2, 6, 7, 12}) {
        try (Model model = load(config, precision, width.kernels(), threads);
            Session session = model.newSession()) {
          session.prefill(tokens, IGNORED);
          Outcome outcome = Outcome.of(session);
          expected = expected == null ? outcome : expected;
          expected.assertSameBits(outcome, width + " with " + threads + " threads");
        }
      }
    }
  }

  @Test
  void spansLongerThanAPassLeaveTheBitsThatSteppingLeaves() {
    int[] tokens = tokens(300, CONFIG.vocabulary(), 11);
    try (Model model = load(CONFIG, DType.BF16, Kernels.preferred(), 2);
        Session session = model.newSession()) {
      session.prefill(tokens);
      stepped(model, tokens).assertSameBits(Outcome.of(session), "300 tokens");
    }
  }

  @Test
  void logitsAfterEveryTokenAreThoseOfSteps() {
    int[] tokens = tokens(75, CONFIG.vocabulary(), 13);
    try (Model model = load(CONFIG, DType.F16, Kernels.preferred(), 2);
        Session stepping = model.newSession();
        Session spanning = model.newSession()) {
      spanning.prefill(
          tokens,
          (index, logits) ->
              assertThat(logits.toFloats())
                  .as("token " + index)
                  .isEqualTo(stepping.step(tokens[index]).toFloats()));
      assertThat(spanning.snapshot()).isEqualTo(stepping.snapshot());
    }
  }

  @InEveryPrecision
  void aBatchStepsEachSessionAsIfAlone(DType precision) {
    Random random = new Random(17);
    int least = precision.isQuantised() ? 2 : 1;
    try (Model model = load(CONFIG, precision, Kernels.preferred(), 2);
        Session company = model.newSession()) {
      Session[] batched = new Session[11];
      Session[] alone = new Session[batched.length];
      for (int i = 0; i < batched.length; i++) {
        batched[i] = model.newSession();
        alone[i] = model.newSession();
        for (int t = 0; t < i; t++) {
          int token = random.nextInt(CONFIG.vocabulary());
          batched[i].step(token);
          alone[i].step(token);
        }
      }
      for (int size = least; size <= batched.length; size++) {
        // Sessions join one by one, and the first ones leave.
        Session[] now = Arrays.copyOfRange(batched, size / 3, size);
        int[] tokens = tokens(now.length, CONFIG.vocabulary(), size);
        model.step(now, tokens);
        for (int i = 0; i < now.length; i++) {
          if (precision.isQuantised()) {
            Session[] two = {alone[size / 3 + i], company};
            model.step(two, new int[] {tokens[i], 0});
          } else {
            alone[size / 3 + i].step(tokens[i]);
          }
          Outcome.of(alone[size / 3 + i])
              .assertSameBits(Outcome.of(now[i]), "session " + i + " of " + now.length);
        }
      }
    }
  }

  @Test
  void moreSessionsThanAPassHoldsAreSteppedInParts() {
    ModelConfig tiny = ModelConfig.of("rwkv-4", 1, 5, 7, 6);
    try (Model model = load(tiny, DType.F32, Kernels.preferred(), 2)) {
      Session[] sessions = new Session[300];
      int[] tokens = tokens(sessions.length, 6, 1);
      for (int i = 0; i < sessions.length; i++) {
        sessions[i] = model.newSession();
      }
      model.step(sessions, tokens);
      for (int i = 0; i < sessions.length; i++) {
        stepped(model, new int[] {tokens[i]})
            .assertSameBits(Outcome.of(sessions[i]), "session " + i);
      }
    }
  }

  @Test
  void aForkAndARestoredStateContinueWithTheSameBits() {
    int[] tokens = tokens(10, CONFIG.vocabulary(), 23);
    try (Model model = load(CONFIG, DType.Q5_1, Kernels.preferred(), 2);
        Session session = model.newSession()) {
      session.prefill(tokens);
      State saved = session.snapshot();
      try (Session fork = session.fork();
          Session restored = model.newSession(saved)) {
        session.step(1);
        fork.step(1);
        restored.step(1);
        Outcome.of(session).assertSameBits(Outcome.of(fork), "fork");
        Outcome.of(session).assertSameBits(Outcome.of(restored), "restored");
        session.step(2);
        assertThat(fork.snapshot()).isEqualTo(restored.snapshot()).isNotEqualTo(session.snapshot());
      }
    }
  }
}

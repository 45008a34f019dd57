package dev.rwkv.conformance.property;

import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.conformance.generator.Edit;
import dev.rwkv.conformance.generator.ModelCase;
import dev.rwkv.conformance.generator.OneLayerModels;
import dev.rwkv.conformance.generator.Text;
import dev.rwkv.conformance.generator.Texts;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Judge;
import dev.rwkv.reference.Expected;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * The operators of a block one by one, each judged at the first component of the state that shows
 * it: the key at the denominator, time-mix at ffn.shift, channel-mix at the next layer's att.shift.
 */
class BlockProperties {
  private static final String BLOCK = "blocks.0.";
  private static final String SHIFT = BLOCK + "att.shift";
  private static final String NUMERATOR = BLOCK + "att.numerator";
  private static final String DENOMINATOR = BLOCK + "att.denominator";
  private static final String AFTER_TIME_MIX = BLOCK + "ffn.shift";
  private static final String AFTER_CHANNEL_MIX = "blocks.1.att.shift";
  private static final double LARGE = 1e30;
  private static final double[] DECAYS = {-20, -5, -1, 0, 2, 6};
  private static final double[] BONUSES = {-50, -3, 0, 3, 50};
  private static final double[] EPSILONS = {1e-9, 1e-6, 1e-3, 0.1, 0.9};

  private static void steps(
      Subject subject, Judge judge, ModelCase model, int[] tokens, String... components) {
    try (LoadedModel loaded = subject.load(model);
        Session session = loaded.newSession()) {
      for (int i = 0; i < tokens.length; i++) {
        String where = "step %d (token %d)".formatted(i, tokens[i]);
        loaded.judgedStep(judge, where, session, tokens[i], List.of(components));
      }
    }
  }

  @Verifies("RWKV-DOT-002")
  @Property(tries = 150)
  void theFirstDenominatorIsTheExponentialOfTheKeyProjection(
      Subject subject, Judge judge, @ForAll(supplier = OneLayerModels.class) ModelCase model) {
    steps(subject, judge, model, new int[] {0}, DENOMINATOR);
  }

  @Verifies("RWKV-DOT-003")
  @Property(tries = 100)
  void sumsOfOneSignAreAsAccurateAsClaimed(
      Subject subject, Judge judge, @ForAll(supplier = OneLayerModels.class) ModelCase model) {
    double weight = 0.1 + (model.seed() % 1000) * 1e-4;
    ModelCase ones =
        model
            .with(Edit.fill(BLOCK + "ln1.weight", 0))
            .with(Edit.fill(BLOCK + "ln1.bias", 1))
            .with(Edit.fill(BLOCK + "att.time_mix_v", 1))
            .with(Edit.fill(BLOCK + "att.value.weight", weight));
    steps(subject, judge, ones, new int[] {0}, NUMERATOR);
  }

  @Verifies("RWKV-DOT-004")
  @Property(tries = 100)
  void rowsThatHaveNothingInCommonAreEachWithinTheirBound(
      Subject subject, Judge judge, @ForAll(supplier = OneLayerModels.class) ModelCase model) {
    // With nothing behind it that could overflow.
    ModelCase hard =
        model
            .with(Edit.fill(BLOCK + "att.output.weight", 0))
            .with(Edit.hardRows(BLOCK + "att.value.weight", LARGE));
    steps(subject, judge, hard, new int[] {0}, NUMERATOR);
  }

  @Verifies("RWKV-LNM-002")
  @Property(tries = 100)
  void aLargeMeanCostsALayerNormNothing(
      Subject subject,
      Judge judge,
      @ForAll(supplier = OneLayerModels.class) ModelCase model,
      @ForAll @IntRange(min = 500, max = 5000) int mean) {
    ModelCase shifted = model.with(Edit.fill(BLOCK + "ln0.bias", mean));
    steps(subject, judge, shifted, new int[] {0}, SHIFT);
  }

  @Verifies("RWKV-LNM-003")
  @Property(tries = 20)
  void epsilonIsThatOfTheModel(
      Subject subject, Judge judge, @ForAll(supplier = OneLayerModels.class) ModelCase model) {
    for (double epsilon : EPSILONS) {
      ModelCase stated = model.withEpsilon(epsilon).deep(2);
      steps(subject, judge, stated, new int[] {0}, SHIFT, AFTER_TIME_MIX, AFTER_CHANNEL_MIX);
    }
  }

  @Verifies("RWKV-LNM-004")
  @Property(tries = 60)
  void aLayerNormOfEqualNumbersIsItsBias(
      Subject subject, Judge judge, @ForAll(supplier = OneLayerModels.class) ModelCase model) {
    ModelCase constant = model.with(Edit.fill("emb.weight", 0.75));
    steps(subject, judge, constant, new int[] {0, 1}, SHIFT);
    ModelCase twice =
        constant.with(Edit.fill(BLOCK + "ln0.weight", 1)).with(Edit.fill(BLOCK + "ln0.bias", 0.5));
    steps(subject, judge, twice, new int[] {0, 1}, SHIFT, AFTER_TIME_MIX);
  }

  @Verifies("RWKV-TSH-002")
  @Property(tries = 80)
  void beforeTheFirstTokenIsZero(
      Subject subject, Judge judge, @ForAll(supplier = Texts.class) Text text) {
    try (LoadedModel model = subject.load(text.model().deep(2));
        Session session = model.newSession()) {
      int token = text.token(0);
      firstStep(judge, model, session, token, "the first step");
      session.prefill(text.all());
      session.reset();
      firstStep(judge, model, session, token, "the first step after a reset");
    }
  }

  // From what a new state is by definition, not from what the session says that it was.
  private static void firstStep(
      Judge judge, LoadedModel model, Session session, int token, String where) {
    session.step(token);
    State after = session.snapshot();
    State before = State.initial(after.layout(), after.fingerprint(), after.dtype());
    Expected expected = model.oracle().judge(before, token, after, model.errors());
    for (String name : List.of(NUMERATOR, DENOMINATOR, AFTER_TIME_MIX, AFTER_CHANNEL_MIX)) {
      judge.component(where, expected, name, after);
    }
  }

  @Verifies("RWKV-DEC-001")
  @Property(tries = 20)
  void aTokenDecaysThePast(
      Subject subject, Judge judge, @ForAll(supplier = Texts.class) Text text) {
    ModelCase random = text.model().deep(1);
    steps(subject, judge, random, text.all(), NUMERATOR, DENOMINATOR);
    for (double decay : DECAYS) {
      ModelCase model = random.with(Edit.fill(BLOCK + "att.time_decay", decay));
      steps(subject, judge, model, text.all(), NUMERATOR, DENOMINATOR);
    }
  }

  @Verifies("RWKV-BON-001")
  @Property(tries = 20)
  void theBonusIsForTheCurrentTokenAlone(
      Subject subject, Judge judge, @ForAll(supplier = Texts.class) Text text) {
    int[] tokens = IntStream.range(0, 2 + text.length()).map(i -> i % text.length()).toArray();
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = text.token(tokens[i]);
    }
    for (double bonus : BONUSES) {
      ModelCase model = text.model().deep(1).with(Edit.fill(BLOCK + "att.time_first", bonus));
      steps(subject, judge, model, tokens, NUMERATOR, DENOMINATOR, AFTER_TIME_MIX);
    }
  }

  @Verifies("RWKV-GAT-001")
  @Property(tries = 100)
  void timeMixIsGatedAndProjected(
      Subject subject, Judge judge, @ForAll(supplier = Texts.class) Text text) {
    steps(subject, judge, text.model().deep(1), text.all(), AFTER_TIME_MIX);
  }

  @Verifies("RWKV-GAT-002")
  @Property(tries = 80)
  void largeReceptancesCloseAndOpenTheGates(
      Subject subject, Judge judge, @ForAll(supplier = Texts.class) Text text) {
    ModelCase model =
        text.model()
            .deep(2)
            .with(Edit.scale(BLOCK + "att.receptance.weight", 3000))
            .with(Edit.scale(BLOCK + "ffn.receptance.weight", 3000));
    steps(subject, judge, model, text.all(), AFTER_TIME_MIX, AFTER_CHANNEL_MIX);
  }

  @Verifies("RWKV-CHM-001")
  @Property(tries = 100)
  void channelMixIsSquaredGatedAndProjected(
      Subject subject, Judge judge, @ForAll(supplier = Texts.class) Text text) {
    steps(subject, judge, text.model().deep(2), text.all(), AFTER_CHANNEL_MIX);
  }

  @Verifies("RWKV-HED-001")
  @Property(tries = 100)
  void everyLogitIsARowOfTheHead(
      Subject subject, Judge judge, @ForAll(supplier = OneLayerModels.class) ModelCase model) {
    // With a channel-mix that adds nothing, nothing but the last norm is between stream and head.
    ModelCase headAlone = model.with(Edit.fill(BLOCK + "ffn.value.weight", 0));
    try (LoadedModel loaded = subject.load(headAlone);
        Session session = loaded.newSession()) {
      State before = session.snapshot();
      double[] logits = LoadedModel.finite("first step", () -> session.step(0)).toDoubles();
      Expected expected = loaded.oracle().judge(before, 0, session.snapshot(), loaded.errors());
      judge.within("logits", "first step", expected.logits(), logits);
    }
  }

  @Verifies("RWKV-EMB-001")
  @Property(tries = 60)
  void aTokenTakesItsOwnRow(
      Subject subject, Judge judge, @ForAll(supplier = OneLayerModels.class) ModelCase model) {
    int middle = (int) (model.seed() % model.vocabulary());
    steps(subject, judge, model, new int[] {0, model.vocabulary() - 1, middle}, SHIFT);
  }
}

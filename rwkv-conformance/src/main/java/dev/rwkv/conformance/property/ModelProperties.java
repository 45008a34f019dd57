package dev.rwkv.conformance.property;

import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.conformance.generator.Edit;
import dev.rwkv.conformance.generator.ModelCase;
import dev.rwkv.conformance.generator.SplitText;
import dev.rwkv.conformance.generator.SplitTexts;
import dev.rwkv.conformance.generator.Text;
import dev.rwkv.conformance.generator.Texts;
import dev.rwkv.conformance.requirement.Feature;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Judge;
import dev.rwkv.conformance.tolerance.Violation;
import dev.rwkv.reference.Expected;
import dev.rwkv.spi.Arithmetic;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whole models: extremes, sizes, and that the future does not reach back. */
class ModelProperties {
  private static final double[] DECAYS = {-20, -1, 6};

  @Verifies("RWKV-MOD-003")
  @Property(tries = 20)
  void largeKeysOverflowNothing(
      Subject subject,
      Judge judge,
      @ForAll(supplier = Texts.class) Text text,
      @ForAll @IntRange(min = 1, max = 3000) int scale) {
    for (double decay : DECAYS) {
      overflowsNothing(subject, judge, text, scale, decay);
    }
  }

  private static void overflowsNothing(
      Subject subject, Judge judge, Text text, int scale, double decay) {
    ModelCase extreme =
        text.model()
            .deep(1)
            .with(Edit.scale("blocks.0.att.key.weight", scale))
            .with(Edit.fill("blocks.0.att.time_decay", decay));
    try (LoadedModel model = subject.load(extreme);
        Session session = model.newSession()) {
      for (int i = 0; i < text.length(); i++) {
        model.judgedStep(judge, StepProperties.where(i, text), session, text.token(i));
      }
      session.reset();
      State before = session.snapshot();
      double[] logits =
          LoadedModel.finite("the span", () -> session.prefill(text.all())).toDoubles();
      judge.expected(
          "the span",
          model.oracle().span(before, text.all(), model.errors()),
          logits,
          session.snapshot());
    }
  }

  @Verifies("RWKV-MOD-004")
  @Property(tries = 80)
  void laterTokensDoNotChangeEarlierLogits(
      Subject subject, Judge judge, @ForAll(supplier = SplitTexts.class) SplitText split) {
    Text text = split.text();
    int[] one = Arrays.copyOf(text.all(), text.length() + 2);
    int[] other = one.clone();
    for (int i = text.length(); i < other.length; i++) {
      other[i] = text.model().vocabulary() - 1;
    }
    try (LoadedModel model = subject.load(text.model());
        Session session = model.newSession()) {
      State before = session.snapshot();
      List<double[]> first = SpanProperties.visited(session, one);
      session.reset();
      List<double[]> second = SpanProperties.visited(session, other);
      for (int i = 0; i < text.length(); i++) {
        Expected expected = model.oracle().span(before, text.span(0, i + 1), model.errors());
        judge.within(
            "logits",
            "token %d of a span that ends otherwise: logits".formatted(i),
            Judge.twice(expected.logits(), first.get(i)),
            second.get(i));
      }
    }
  }

  @Verifies("RWKV-MOD-007")
  @Example
  void theSmallestAndTheOddestModelsAreRight(Subject subject, Judge judge) {
    int[][] sizes = {
      {1, 1, 1, 1},
      {1, 1, 1, 2},
      {1, 1, 3, 7},
      {1, 2, 1, 1},
      {3, 1, 7, 3},
      {2, 3, 1, 5},
      {1, 33, 1, 1},
      {1, 17, 131, 3},
      {2, 31, 63, 65},
      {1, 63, 65, 127},
      {5, 7, 5, 3}
    };
    for (int[] size : sizes) {
      ModelCase odd = ModelCase.of(size[0], size[1], size[2], size[3], 5);
      try (LoadedModel model = subject.load(odd);
          Session session = model.newSession()) {
        for (int i = 0; i < 4; i++) {
          int token = i * 7 % size[3];
          model.judgedStep(judge, odd + ", step " + i, session, token);
        }
      }
    }
  }

  @Verifies("RWKV-MOD-008")
  @Property(tries = 100)
  void theLargestLogitIsTheOracles(Subject subject, @ForAll(supplier = Texts.class) Text text) {
    try (LoadedModel model = subject.load(text.model().deep(1));
        Session session = model.newSession()) {
      for (int i = 0; i < text.length(); i++) {
        State before = session.snapshot();
        String where = StepProperties.where(i, text);
        int token = text.token(i);
        int best = LoadedModel.finite(where, () -> session.step(token)).argmax();
        Expected expected = model.oracle().judge(before, token, session.snapshot(), model.errors());
        Violation.unless(
            !expected.argmaxIsCertain() || best == expected.argmax(),
            "%s: argmax() is token %d, but must be token %d"
                .formatted(where, best, expected.argmax()));
      }
    }
  }

  @Verifies("RWKV-INF-001")
  @Property(tries = 20)
  void aModelSaysWhatItIs(Subject subject, @ForAll(supplier = Texts.class) Text text) {
    ModelCase made = text.model();
    try (LoadedModel loaded = subject.load(made);
        Checkpoint checkpoint = made.open()) {
      Model model = loaded.model();
      same("config()", loaded.oracle().config(), model.config());
      same("backend()", subject.provider().name(), model.backend());
      same("source()", checkpoint.source(), model.source());
      same("fingerprint()", checkpoint.fingerprint(), model.fingerprint());
      Violation.unless(
          subject.provider().capabilities().containsAll(model.capabilities()),
          "the model declares %s, its provider only %s"
              .formatted(model.capabilities(), subject.provider().capabilities()));
      Violation.unless(
          model.device().threads() >= 1 && !model.device().name().isBlank(),
          "device() is " + model.device());
      List<Session> sessions = new ArrayList<>(List.of(model.newSession()));
      sessions.add(sessions.getFirst().fork());
      sessions.forEach(session -> {
        same("model() of a session", model, session.model());
        session.close();
      });
    }
  }

  @Verifies("RWKV-INF-002")
  @Example
  void theArithmeticIsThatOfStatesAndLogits(Subject subject) {
    Arithmetic declared = subject.provider().arithmetic();
    DType activations = declared.activations();
    boolean reduced = activations == DType.F16 || activations == DType.BF16;
    Violation.unless(
        reduced == subject.declares(Feature.REDUCED_ACTIVATIONS),
        "arithmetic() is %s, but REDUCED_ACTIVATIONS is %sdeclared"
            .formatted(declared, reduced ? "not " : ""));
    try (LoadedModel model = subject.load(ModelCase.of(1, 3, 4, 5, 1));
        Session session = model.newSession()) {
      session.step(1);
      DType wanted = activations == DType.F64 ? DType.F64 : DType.F32;
      for (DType type : List.of(session.snapshot().dtype(), session.logits().dtype())) {
        Violation.unless(
            type == wanted,
            "arithmetic() is %s, but states or logits are %s".formatted(declared, type.label()));
      }
    }
  }

  private static void same(String what, Object wanted, Object got) {
    Violation.unless(wanted.equals(got), "%s is %s, but must be %s".formatted(what, got, wanted));
  }
}

package dev.rwkv.conformance.property;

import dev.rwkv.Logits;
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
import dev.rwkv.conformance.tolerance.Violation;
import dev.rwkv.error.ClosedException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.error.StateException;
import java.util.Arrays;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What a session promises about logits, arrays, visitors and other sessions. */
class SessionContractProperties {

  private static Refusal.Action action(Runnable action) {
    return () -> {
      action.run();
      return null;
    };
  }

  // Callers may have no null checker.
  @SuppressWarnings("NullAway")
  @Verifies("RWKV-SES-003")
  @Property(tries = 20)
  void nullsAreRefused(Subject subject, @ForAll(supplier = OneLayerModels.class) ModelCase model) {
    try (LoadedModel loaded = subject.load(model);
        Session session = loaded.newSession()) {
      session.step(0);
      Outcome before = Outcome.of(session);
      Class<InvalidArgumentException> type = InvalidArgumentException.class;
      int[] noTokens = null;
      Refusal.expect(type, "prefill(null)", () -> session.prefill(noTokens));
      Refusal.expect(
          type, "prefill(null, visitor)", action(() -> session.prefill(noTokens, (i, l) -> {})));
      Refusal.expect(
          type, "prefill(tokens, null)", action(() -> session.prefill(new int[] {1}, null)));
      Refusal.expect(type, "restore(null)", action(() -> session.restore(null)));
      before.requireSame(Outcome.of(session), "after nulls were refused");
    }
  }

  @Verifies("RWKV-SES-004")
  @Property(tries = 20)
  void withoutATokenThereAreNoLogits(Subject subject, @ForAll(supplier = Texts.class) Text text) {
    try (LoadedModel model = subject.load(text.model());
        Session session = model.newSession()) {
      noLogits(session, "a new session");
      session.prefill(text.all());
      State state = session.snapshot();
      session.reset();
      noLogits(session, "a session after reset");
      session.step(text.token(0));
      session.restore(state);
      noLogits(session, "a session after restore");
    }
  }

  private static void noLogits(Session session, String of) {
    Refusal.expect(StateException.class, "logits().get(0) of " + of, () -> session.logits().get(0));
    Refusal.expect(
        StateException.class, "logits().toFloats() of " + of, () -> session.logits().toFloats());
  }

  @Verifies("RWKV-SES-005")
  @Property(tries = 30)
  void logitsAreReadAsDocumented(Subject subject, @ForAll(supplier = Texts.class) Text text) {
    readAsDocumented(subject, text.model(), text);
  }

  @Verifies("RWKV-SES-005")
  @Property(tries = 30)
  void theFirstOfEqualLogitsIsTheLargest(
      Subject subject, @ForAll(supplier = Texts.class) Text text) {
    ModelCase equal = text.model().with(Edit.fill("head.weight", 0));
    readAsDocumented(subject, equal, text);
    // Of the rows that are not 0, two have the largest logit, whatever the sign of what they meet.
    int vocabulary = equal.vocabulary();
    ModelCase tied = equal;
    for (int i = 0; i < Math.min(4, vocabulary); i++) {
      int row = vocabulary - 1 - i;
      tied = tied.with(Edit.set("head.weight", row * equal.width(), i % 2 == 0 ? 1 : -1));
    }
    readAsDocumented(subject, tied, text);
  }

  private static void readAsDocumented(Subject subject, ModelCase from, Text text) {
    int vocabulary = from.vocabulary();
    try (LoadedModel model = subject.load(from);
        Session session = model.newSession()) {
      Logits logits = session.prefill(text.all());
      Violation.unless(
          logits.size() == vocabulary,
          "size() is %d, but the vocabulary has %d tokens".formatted(logits.size(), vocabulary));
      double[] all = logits.toDoubles();
      float[] floats = logits.toFloats();
      float[] roomy = new float[vocabulary + 3];
      Arrays.fill(roomy, 7);
      logits.copyTo(roomy);
      int best = 0;
      for (int i = 0; i < vocabulary; i++) {
        best = all[i] > all[best] ? i : best;
        Violation.unless(
            logits.get(i) == all[i] && floats[i] == (float) all[i] && roomy[i] == floats[i],
            "logit %d is %s by get, %s by toDoubles, %s by toFloats, %s by copyTo"
                .formatted(i, logits.get(i), all[i], floats[i], roomy[i]));
      }
      Violation.unless(
          all.length == vocabulary && floats.length == vocabulary && roomy[vocabulary] == 7,
          "toDoubles, toFloats and copyTo must give exactly one number per token");
      Violation.unless(
          logits.argmax() == best, "argmax() is %d, not %d".formatted(logits.argmax(), best));
      Class<InvalidArgumentException> type = InvalidArgumentException.class;
      Refusal.expect(type, "get(-1)", () -> logits.get(-1));
      Refusal.expect(type, "get(V)", () -> logits.get(vocabulary));
      Refusal.expect(
          type,
          "copyTo with too little room",
          action(() -> logits.copyTo(new float[vocabulary - 1])));
    }
  }

  @Verifies("RWKV-SES-006")
  @Property(tries = 50)
  void sessionsThatTakeTurnsAreIndependent(
      Subject subject, @ForAll(supplier = Texts.class) Text text) {
    int last = text.model().vocabulary() - 1;
    try (LoadedModel model = subject.load(text.model());
        Session alone = model.newSession();
        Session first = model.newSession();
        Session second = model.newSession()) {
      for (int i = 0; i < text.length(); i++) {
        alone.step(text.token(i));
      }
      for (int i = 0; i < text.length(); i++) {
        first.step(text.token(i));
        second.prefill(last, last - text.token(i), last);
      }
      Outcome.of(alone).requireSame(Outcome.of(first), "a session beside another");
    }
  }

  @Verifies("RWKV-SES-007")
  @Property(tries = 30)
  void tokensAreNeitherChangedNorKept(Subject subject, @ForAll(supplier = Texts.class) Text text) {
    try (LoadedModel model = subject.load(text.model());
        Session given = model.newSession();
        Session wanted = model.newSession()) {
      int[] tokens = text.all();
      given.prefill(tokens);
      Violation.unless(
          Arrays.equals(tokens, text.all()),
          "prefill made %s of %s".formatted(Arrays.toString(tokens), Arrays.toString(text.all())));
      Arrays.fill(tokens, text.model().vocabulary() - 1);
      given.step(text.token(0));
      wanted.prefill(text.all());
      wanted.step(text.token(0));
      Outcome.of(wanted).requireSame(Outcome.of(given), "after the caller reused the array");
    }
  }

  @Verifies("RWKV-SES-008")
  @Property(tries = 40)
  void everyWindowShowsTheSameLogits(Subject subject, @ForAll(supplier = Texts.class) Text text) {
    try (LoadedModel model = subject.load(text.model());
        Session session = model.newSession()) {
      same("step", session, () -> session.step(text.token(0)));
      same("prefill", session, () -> session.prefill(text.all()));
      double[] wanted = session.logits().toDoubles();
      try (Session fork = session.fork()) {
        double[] got;
        try {
          got = fork.logits().toDoubles();
        } catch (StateException e) {
          throw new Violation("a fork has no logits, but its origin has", e);
        }
        Violation.unless(
            Arrays.equals(wanted, got), "logits() of a fork are not those of its origin");
        fork.step(text.token(0));
        Violation.unless(
            Arrays.equals(wanted, session.logits().toDoubles()),
            "logits() of a session changed when its fork went on");
      }
    }
  }

  private static void same(String what, Session session, Supplier<Logits> action) {
    double[] returned = action.get().toDoubles();
    Violation.unless(
        Arrays.equals(returned, session.logits().toDoubles()),
        "logits() are not those that " + what + " returned");
  }

  private static final class StopWord extends RuntimeException {
    StopWord() {
      super("a stop word of the test", null, false, false);
    }
  }

  @Verifies("RWKV-SES-009")
  @Property(tries = 30)
  void whatAVisitorThrowsComesOut(Subject subject, @ForAll(supplier = Texts.class) Text text) {
    try (LoadedModel model = subject.load(text.model());
        Session session = model.newSession();
        Session untroubled = model.newSession()) {
      Refusal.expect(
          StopWord.class,
          "prefill with a visitor that throws StopWord",
          action(() ->
              session.prefill(
                  text.all(),
                  (index, logits) -> {
                    throw new StopWord();
                  })));
      session.reset();
      session.prefill(text.all());
      untroubled.prefill(text.all());
      Outcome.of(untroubled).requireSame(Outcome.of(session), "after a visitor threw, and a reset");
    }
  }

  @Verifies("RWKV-SES-010")
  @Property(tries = 20)
  void logitsOfWhatWasClosedAreRefused(Subject subject, @ForAll(supplier = Texts.class) Text text) {
    try (LoadedModel model = subject.load(text.model())) {
      Session first = model.newSession();
      Logits ofSession = first.prefill(text.all());
      first.close();
      refused(ofSession, "a closed session");
      Session second = model.newSession();
      Logits ofModel = second.step(text.token(0));
      model.model().close();
      refused(ofModel, "a session of a closed model");
      second.close();
    }
  }

  private static void refused(Logits logits, String of) {
    Refusal.expect(ClosedException.class, "get(0) on logits of " + of, () -> logits.get(0));
    Refusal.expect(ClosedException.class, "toFloats() on logits of " + of, logits::toFloats);
    Refusal.expect(ClosedException.class, "argmax() on logits of " + of, logits::argmax);
  }

  @Verifies("RWKV-SES-011")
  @Property(tries = 60)
  void anAnswerDependsOnTheWholePast(
      Subject subject, Judge judge, @ForAll(supplier = Texts.class) Text text) {
    int token = text.token(0);
    int[] pasts = {0, text.model().vocabulary() - 1, token};
    try (LoadedModel model = subject.load(text.model());
        Session session = model.newSession()) {
      for (int i = 0; i < 2 * pasts.length; i++) {
        session.reset();
        for (int j = 0; j < i; j++) {
          session.step(pasts[(i + j) % pasts.length]);
        }
        for (int repeat = 0; repeat < 3; repeat++) {
          model.judgedStep(judge, "token %d again, past %d".formatted(token, i), session, token);
        }
      }
    }
  }
}

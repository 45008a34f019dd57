package dev.rwkv.conformance.property;

import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.conformance.generator.ModelCase;
import dev.rwkv.conformance.generator.OneLayerModels;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Violation;
import dev.rwkv.error.ClosedException;
import dev.rwkv.error.InvalidArgumentException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What a session must refuse, and that it works on afterwards. */
class SessionProperties {

  @Verifies("RWKV-SES-001")
  @Property(tries = 50)
  void aTokenOutsideTheVocabularyIsRefusedAndNothingMoves(
      Subject subject, @ForAll(supplier = OneLayerModels.class) ModelCase model) {
    try (LoadedModel loaded = subject.load(model);
        Session session = loaded.newSession()) {
      session.step(0);
      Outcome before = Outcome.of(session);
      for (int wrong : new int[] {-1, model.vocabulary(), Integer.MIN_VALUE, Integer.MAX_VALUE}) {
        Refusal.expect(
            InvalidArgumentException.class, "step(" + wrong + ")", () -> session.step(wrong));
        before.requireSame(Outcome.of(session), "after step(" + wrong + ") was refused");
        Refusal.expect(
            InvalidArgumentException.class,
            "prefill(1, 0, " + wrong + ")",
            () -> session.prefill(1, 0, wrong));
        before.requireSame(Outcome.of(session), "after prefill(…, " + wrong + ") was refused");
      }
      try (Session untroubled = loaded.newSession()) {
        untroubled.step(0);
        untroubled.step(1);
        session.step(1);
        Outcome.of(untroubled).requireSame(Outcome.of(session), "a step after refusals");
      }
    }
  }

  @Verifies("RWKV-SES-002")
  @Property(tries = 20)
  void aClosedSessionRefusesEveryUse(
      Subject subject, @ForAll(supplier = OneLayerModels.class) ModelCase model) {
    try (LoadedModel loaded = subject.load(model)) {
      Session session = loaded.newSession();
      session.step(0);
      State state = session.snapshot();
      session.close();
      closesAgain("a session", session::close);
      everyUseIsRefused(session, state, "a closed session");
      try (Session next = loaded.newSession()) {
        next.step(0); // the model works on
      }
    }
  }

  @Verifies("RWKV-SES-002")
  @Property(tries = 20)
  void aClosedModelRefusesEveryUse(
      Subject subject, @ForAll(supplier = OneLayerModels.class) ModelCase model) {
    try (LoadedModel loaded = subject.load(model)) {
      Model closed = loaded.model();
      Session session = closed.newSession();
      session.step(0);
      State state = session.snapshot();
      closed.close();
      closesAgain("a model", closed::close);
      everyUseIsRefused(session, state, "a session of a closed model");
      Refusal.expect(ClosedException.class, "newSession() of a closed model", closed::newSession);
      session.close();
    }
  }

  private static void closesAgain(String what, Runnable close) {
    try {
      close.run();
    } catch (RuntimeException e) {
      throw new Violation("closing " + what + " again must do nothing, but threw " + e, e);
    }
  }

  private static void everyUseIsRefused(Session session, State state, String of) {
    Refusal.expect(ClosedException.class, "step of " + of, () -> session.step(0));
    Refusal.expect(ClosedException.class, "prefill of " + of, () -> session.prefill(0, 1));
    Refusal.expect(ClosedException.class, "logits of " + of, session::logits);
    Refusal.expect(ClosedException.class, "snapshot of " + of, session::snapshot);
    Refusal.expect(ClosedException.class, "fork of " + of, session::fork);
    Refusal.expect(
        ClosedException.class,
        "reset of " + of,
        () -> {
          session.reset();
          return null;
        });
    Refusal.expect(
        ClosedException.class,
        "restore of " + of,
        () -> {
          session.restore(state);
          return null;
        });
  }
}

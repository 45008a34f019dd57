package dev.rwkv.conformance.property;

import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.StateLayout;
import dev.rwkv.checkpoint.architecture.Rwkv4;
import dev.rwkv.conformance.generator.Edit;
import dev.rwkv.conformance.generator.ModelCase;
import dev.rwkv.conformance.generator.Text;
import dev.rwkv.conformance.generator.Texts;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Violation;
import dev.rwkv.error.StateException;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** States as values: snapshot, restore, fork. */
class StateProperties {
  // What has this exponent has no weight: −10³⁰, rounded up a little, or −∞.
  private static final double NEARLY_NOTHING = -0.99e30;

  @Verifies("RWKV-STA-001")
  @Property(tries = 100)
  void aRestoredSessionContinuesWithTheSameBits(
      Subject subject, @ForAll(supplier = Texts.class) Text text) {
    try (LoadedModel model = subject.load(text.model());
        Session session = model.newSession()) {
      session.prefill(text.all());
      State saved = session.snapshot();
      try (Session restored = model.model().newSession(saved)) {
        for (int i = 0; i < text.length(); i++) {
          session.step(text.token(i));
          restored.step(text.token(i));
          Outcome.of(session)
              .requireSame(
                  Outcome.of(restored),
                  StepProperties.where(i, text) + " after restoring a snapshot");
        }
      }
    }
  }

  @Verifies("RWKV-STA-002")
  @Property(tries = 100)
  void aSnapshotIsNotChangedByLaterSteps(
      Subject subject, @ForAll(supplier = Texts.class) Text text) {
    try (LoadedModel model = subject.load(text.model());
        Session session = model.newSession()) {
      session.prefill(text.all());
      State saved = session.snapshot();
      double[] values = saved.toDoubles();
      session.step(text.token(0));
      session.reset();
      session.prefill(text.all());
      session.step(text.token(0));
      double[] later = saved.toDoubles();
      for (int i = 0; i < values.length; i++) {
        Violation.unless(
            Double.compare(values[i], later[i]) == 0,
            "element %d of a snapshot was %s and became %s when its session went on"
                .formatted(i, values[i], later[i]));
      }
    }
  }

  @Verifies("RWKV-STA-003")
  @Property(tries = 100)
  void aForkAndItsOriginAreIndependent(Subject subject, @ForAll(supplier = Texts.class) Text text) {
    int other = (text.token(0) + 1) % text.model().vocabulary();
    try (LoadedModel model = subject.load(text.model());
        Session origin = model.newSession();
        Session alone = model.newSession()) {
      origin.prefill(text.all());
      alone.prefill(text.all());
      try (Session fork = origin.fork()) {
        origin.step(other);
        fork.step(text.token(0));
        origin.step(other);
        alone.step(text.token(0));
        Outcome.of(alone).requireSame(Outcome.of(fork), "a fork whose origin went another way");
      }
    }
  }

  @Verifies("RWKV-STA-004")
  @Property(tries = 30)
  void aStateIsLaidOutAsTheArchitectureSays(
      Subject subject, @ForAll(supplier = Texts.class) Text text) {
    try (LoadedModel model = subject.load(text.model());
        Session session = model.newSession()) {
      StateLayout wanted = Rwkv4.INSTANCE.stateLayout(model.oracle().config());
      Violation.unless(
          wanted.equals(model.model().stateLayout()),
          "stateLayout() is %s, but must be %s".formatted(model.model().stateLayout(), wanted));
      session.step(text.token(0));
      State state = session.snapshot();
      Violation.unless(
          wanted.equals(state.layout()),
          "a snapshot is a %s, but must be a %s".formatted(state.layout(), wanted));
      Violation.unless(
          state.fingerprint().equals(model.model().fingerprint()),
          "a snapshot belongs to model %s, but must to %s"
              .formatted(state.fingerprint(), model.model().fingerprint()));
      Violation.unless(
          session.logits().dtype() == state.dtype(),
          "logits are %s, but the state is %s".formatted(session.logits().dtype(), state.dtype()));
    }
  }

  @Verifies("RWKV-STA-005")
  @Property(tries = 30)
  void aNewSessionIsEmpty(Subject subject, @ForAll(supplier = Texts.class) Text text) {
    try (LoadedModel model = subject.load(text.model());
        Session used = model.newSession()) {
      used.prefill(text.all());
      used.close();
      try (Session session = model.newSession()) {
        State state = session.snapshot();
        for (StateLayout.Component component : state.layout().components()) {
          double[] values = state.component(component.name()).toDoubles();
          for (int i = 0; i < values.length; i++) {
            Violation.unless(
                component.initial() == 0 ? values[i] == 0 : values[i] <= NEARLY_NOTHING,
                "%s[%d] of a new session is %s, but must be %s"
                    .formatted(component.name(), i, values[i], component.initial()));
          }
        }
      }
    }
  }

  @Verifies("RWKV-STA-006")
  @Property(tries = 60)
  void afterAResetASessionIsAsNew(Subject subject, @ForAll(supplier = Texts.class) Text text) {
    try (LoadedModel model = subject.load(text.model());
        Session used = model.newSession();
        Session fresh = model.newSession()) {
      used.prefill(text.all());
      used.step(text.token(0));
      used.reset();
      Violation.unless(
          used.snapshot().equals(fresh.snapshot()),
          "the state after a reset is not that of a new session");
      for (int i = 0; i < text.length(); i++) {
        used.step(text.token(i));
        fresh.step(text.token(i));
        Outcome.of(fresh)
            .requireSame(Outcome.of(used), StepProperties.where(i, text) + " after a reset");
      }
    }
  }

  @Verifies("RWKV-STA-007")
  @Property(tries = 30)
  void aForeignStateIsRefused(Subject subject, @ForAll(supplier = Texts.class) Text text) {
    ModelCase other = text.model().with(Edit.scale("emb.weight", 0.5));
    ModelCase deeper = text.model().deep(text.model().layers() + 1);
    try (LoadedModel model = subject.load(text.model());
        LoadedModel foreign = subject.load(other);
        LoadedModel larger = subject.load(deeper);
        Session session = model.newSession();
        Session foreigner = foreign.newSession();
        Session giant = larger.newSession()) {
      session.prefill(text.all());
      Outcome before = Outcome.of(session);
      refused(session, foreigner.snapshot(), "a state of another model");
      before.requireSame(Outcome.of(session), "after a foreign state was refused");
      refused(session, giant.snapshot(), "a state of another layout");
      before.requireSame(Outcome.of(session), "after a state of another layout was refused");
      Refusal.expect(
          StateException.class,
          "newSession with a state of another model",
          () -> model.model().newSession(foreigner.snapshot()));
    }
  }

  private static void refused(Session session, State state, String what) {
    Refusal.expect(
        StateException.class,
        "restore of " + what,
        () -> {
          session.restore(state);
          return null;
        });
  }

  @Verifies("RWKV-STA-008")
  @Property(tries = 50)
  void aRestoredStateIsNotAdopted(Subject subject, @ForAll(supplier = Texts.class) Text text) {
    try (LoadedModel model = subject.load(text.model());
        Session session = model.newSession()) {
      session.prefill(text.all());
      State saved = session.snapshot();
      double[] values = saved.toDoubles();
      try (Session first = model.model().newSession(saved);
          Session second = model.model().newSession(saved)) {
        first.prefill(text.all());
        Violation.unless(
            Arrays.equals(values, saved.toDoubles()),
            "a state was changed by a session that was started from it");
        second.step(text.token(0));
        session.step(text.token(0));
        Outcome.of(session)
            .requireSame(Outcome.of(second), "a second session started from one state");
      }
    }
  }

  @Verifies("RWKV-STA-013")
  @Property(tries = 50)
  void restoringAndSavingChangesNoBit(Subject subject, @ForAll(supplier = Texts.class) Text text) {
    try (LoadedModel model = subject.load(text.model());
        Session session = model.newSession();
        Session other = model.newSession()) {
      session.prefill(text.all());
      double[] logits = session.logits().toDoubles();
      State saved = session.snapshot();
      other.restore(saved);
      new Outcome(logits, saved)
          .requireSame(new Outcome(logits, other.snapshot()), "saved again after restoring");
    }
  }
}

package dev.rwkv.conformance.property;

import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.conformance.generator.Text;
import dev.rwkv.conformance.generator.Texts;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Violation;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** States as values: snapshot, restore, fork. */
class StateProperties {

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
}

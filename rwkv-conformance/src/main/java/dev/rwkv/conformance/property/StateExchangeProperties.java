package dev.rwkv.conformance.property;

import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.checkpoint.StateFile;
import dev.rwkv.conformance.generator.Text;
import dev.rwkv.conformance.generator.Texts;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Judge;
import dev.rwkv.conformance.tolerance.Violation;
import dev.rwkv.error.RwkvException;
import dev.rwkv.reference.Bounded;
import dev.rwkv.reference.ErrorModel;
import dev.rwkv.reference.ReferenceProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** States that leave their session: for other backends, for files, from either. */
class StateExchangeProperties {

  @Verifies("RWKV-STA-009")
  @Property(tries = 80)
  void everyLayerMoves(Subject subject, Judge judge, @ForAll(supplier = Texts.class) Text text) {
    String last = "blocks." + (text.model().layers() - 1) + ".";
    List<String> components =
        List.of(
            last + "att.shift",
            last + "att.numerator",
            last + "att.denominator",
            last + "ffn.shift");
    try (LoadedModel model = subject.load(text.model());
        Session session = model.newSession()) {
      for (int i = 0; i < text.length(); i++) {
        String where = StepProperties.where(i, text);
        model.judgedStep(judge, where, session, text.token(i), components);
      }
    }
  }

  @Verifies("RWKV-STA-010")
  @Property(tries = 40)
  void aStateGoesToTheOracleAndBack(
      Subject subject, Judge judge, @ForAll(supplier = Texts.class) Text text) {
    try (LoadedModel model = subject.load(text.model());
        LoadedModel reference = Subject.of(new ReferenceProvider()).load(text.model());
        Session session = model.newSession();
        Session there = reference.newSession()) {
      session.prefill(text.all());
      there.restore(session.snapshot());
      int token = text.token(0);
      reference.judgedStep(judge, "the oracle, from the state", there, token);
      State given = there.snapshot();
      session.restore(given);
      ErrorModel errors = model.errors();
      double[] values = given.toDoubles();
      double[] rounding = new double[values.length];
      for (int i = 0; i < values.length; i++) {
        rounding[i] = errors.unitRoundoff() * Math.abs(values[i]) + errors.underflow();
      }
      judge.within(
          "state",
          "the oracle's state, restored: state",
          Bounded.of(values, rounding),
          session.snapshot().toDoubles());
      model.judgedStep(judge, "the step from the oracle's state", session, token);
    }
  }

  @Verifies("RWKV-STA-011")
  @Property(tries = 15)
  void aStateSurvivesAFile(Subject subject, @ForAll(supplier = Texts.class) Text text)
      throws IOException {
    Path file = Files.createTempFile("rwkv-conformance", ".state");
    try (LoadedModel model = subject.load(text.model());
        Session session = model.newSession()) {
      session.prefill(text.all());
      State read;
      try {
        StateFile.save(session.snapshot(), file, Map.of());
        read = StateFile.load(file, model.model().stateLayout()).state();
      } catch (RwkvException e) {
        throw new Violation("a state cannot be written and read: " + e.getMessage(), e);
      }
      try (Session restored = model.model().newSession(read)) {
        session.step(text.token(0));
        restored.step(text.token(0));
        Outcome.of(session).requireSame(Outcome.of(restored), "after a state came from a file");
      }
    } finally {
      Files.deleteIfExists(file);
    }
  }

  @Verifies("RWKV-STA-012")
  @Property(tries = 40)
  void anEmptyStateMayStandAtEitherExponent(
      Subject subject, Judge judge, @ForAll(supplier = Texts.class) Text text) {
    for (double exponent : new double[] {-1e30, Double.NEGATIVE_INFINITY}) {
      try (LoadedModel model = subject.load(text.model());
          Session session = model.newSession()) {
        State first = session.snapshot();
        double[] values = new double[first.toDoubles().length];
        for (var component : first.layout().components()) {
          int from = (int) first.layout().offset(component.name());
          for (int i = 0; i < component.shape().elements(); i++) {
            values[from + i] = component.initial() == 0 ? 0 : exponent;
          }
        }
        session.restore(State.ofValues(first.layout(), first.fingerprint(), first.dtype(), values));
        for (int i = 0; i < Math.min(2, text.length()); i++) {
          String where = "empty at %s, %s".formatted(exponent, StepProperties.where(i, text));
          model.judgedStep(judge, where, session, text.token(i));
        }
        session.restore(State.ofValues(first.layout(), first.fingerprint(), first.dtype(), values));
        LoadedModel.finite(
            "a span from a state that is empty at " + exponent, () -> session.prefill(text.all()));
      }
    }
  }
}

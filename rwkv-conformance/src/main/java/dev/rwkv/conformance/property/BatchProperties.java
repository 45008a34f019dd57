package dev.rwkv.conformance.property;

import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.conformance.generator.ModelCase;
import dev.rwkv.conformance.generator.Text;
import dev.rwkv.conformance.generator.Texts;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Judge;
import dev.rwkv.error.UnsupportedCapabilityException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Many sessions in one pass. */
class BatchProperties {

  @Verifies("RWKV-BAT-001")
  @Property(tries = 60)
  void everyRowIsAStepOfItsOwn(
      Subject subject,
      Judge judge,
      @ForAll(supplier = Texts.class) Text text,
      @ForAll @IntRange(min = 1, max = 9) int rows,
      @ForAll @IntRange(max = 1000) int order) {
    List<Session> sessions = new ArrayList<>();
    try (LoadedModel model = subject.load(text.model())) {
      for (int row = 0; row < rows; row++) {
        Session session = model.newSession();
        session.prefill(text.span(0, row % text.length()));
        sessions.add(session);
      }
      Random random = new Random(order);
      for (int step = 0; step < 3; step++) {
        Collections.shuffle(sessions, random);
        List<Session> batch = sessions.subList(0, Math.max(1, sessions.size() - step));
        stepAndJudge(model, judge, batch, text, step);
      }
    } finally {
      sessions.forEach(Session::close);
    }
  }

  private static void stepAndJudge(
      LoadedModel model, Judge judge, List<Session> batch, Text text, int step) {
    List<State> before = batch.stream().map(Session::snapshot).toList();
    int[] tokens = new int[batch.size()];
    for (int row = 0; row < tokens.length; row++) {
      tokens[row] = text.token((row + step) % text.length());
    }
    model.model().step(batch.toArray(Session[]::new), tokens);
    for (int row = 0; row < tokens.length; row++) {
      State after = batch.get(row).snapshot();
      judge.step(
          "row %d of a batch of %d, token %d".formatted(row, tokens.length, tokens[row]),
          model.oracle(),
          model.errors(),
          before.get(row),
          tokens[row],
          batch.get(row).logits().toDoubles(),
          after);
    }
  }

  @Verifies("RWKV-BAT-002")
  @Example
  void aBatchThatIsNotDeclaredIsRefused(Subject subject) {
    try (LoadedModel model = subject.load(ModelCase.of(1, 4, 4, 5, 1));
        Session session = model.newSession()) {
      Refusal.expect(
          UnsupportedCapabilityException.class,
          "Model.step(sessions, tokens) without BATCH",
          () -> {
            model.model().step(new Session[] {session}, new int[] {1});
            return null;
          });
    }
  }
}

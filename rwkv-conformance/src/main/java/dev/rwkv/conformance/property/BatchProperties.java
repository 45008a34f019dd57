package dev.rwkv.conformance.property;

import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.conformance.generator.ModelCase;
import dev.rwkv.conformance.generator.Text;
import dev.rwkv.conformance.generator.Texts;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Judge;
import dev.rwkv.conformance.tolerance.Violation;
import dev.rwkv.error.ClosedException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.error.UnsupportedCapabilityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/** Many sessions in one pass, each against its own step. */
class BatchProperties {
  private static final int MOST_ROWS = 9;

  @Verifies("RWKV-BAT-001")
  @Property(tries = 20)
  void everyRowIsAStepOfItsOwn(
      Subject subject, Judge judge, @ForAll(supplier = Texts.class) Text text) {
    try (LoadedModel model = subject.load(text.model())) {
      List<Session> sessions = sessions(model, text, MOST_ROWS);
      for (int rows = 1; rows <= MOST_ROWS; rows++) {
        stepAndJudge(model, judge, sessions.subList(0, rows), tokens(text, rows, rows));
      }
      sessions.forEach(Session::close);
    }
  }

  @Verifies("RWKV-BAT-005")
  @Property(tries = 40)
  void sessionsJoinAndLeave(
      Subject subject,
      Judge judge,
      @ForAll(supplier = Texts.class) Text text,
      @ForAll @IntRange(min = 2, max = MOST_ROWS) int rows,
      @ForAll @IntRange(max = 1000) int order) {
    Random random = new Random(order);
    try (LoadedModel model = subject.load(text.model())) {
      List<Session> sessions = sessions(model, text, rows);
      for (int step = 0; step < 6; step++) {
        Collections.shuffle(sessions, random);
        List<Session> batch = sessions.subList(0, 1 + random.nextInt(rows));
        // Without a pattern, or a token of another row or step could pass for the right one.
        int[] tokens = random.ints(batch.size(), 0, text.model().vocabulary()).toArray();
        stepAndJudge(model, judge, batch, tokens);
      }
      sessions.forEach(Session::close);
    }
  }

  private static List<Session> sessions(LoadedModel model, Text text, int rows) {
    List<Session> sessions = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      Session session = model.newSession();
      session.prefill(text.span(0, row % (text.length() + 1)));
      sessions.add(session);
    }
    return sessions;
  }

  private static int[] tokens(Text text, int rows, int step) {
    int[] tokens = new int[rows];
    for (int row = 0; row < rows; row++) {
      tokens[row] = text.token((row + step) % text.length());
    }
    return tokens;
  }

  // What a row is compared with is the step of a fork, so that only the batch can be to blame.
  private static void stepAndJudge(
      LoadedModel model, Judge judge, List<Session> batch, int[] tokens) {
    List<State> before = batch.stream().map(Session::snapshot).toList();
    step(model, batch, tokens);
    for (int row = 0; row < tokens.length; row++) {
      try (Session alone = model.model().newSession(before.get(row))) {
        alone.step(tokens[row]);
        agree(
            "row %d of a batch of %d, token %d".formatted(row, tokens.length, tokens[row]),
            model,
            judge,
            before.get(row),
            tokens[row],
            Outcome.of(alone),
            Outcome.of(batch.get(row)));
      }
    }
  }

  private static void step(LoadedModel model, List<Session> batch, int[] tokens) {
    try {
      model.model().step(batch.toArray(Session[]::new), tokens);
    } catch (UnsupportedCapabilityException e) {
      throw new Violation(
          "BATCH is declared, but a batch of %d is refused: %s".formatted(tokens.length, e), e);
    }
  }

  static void agree(
      String where,
      LoadedModel model,
      Judge judge,
      State before,
      int token,
      Outcome wanted,
      Outcome got) {
    judge.agree(
        where,
        model.oracle().judge(before, token, wanted.state(), model.errors()),
        wanted.logits(),
        wanted.state(),
        got.logits(),
        got.state());
  }

  @Verifies("RWKV-BAT-004")
  @Property(tries = 40)
  void theOrderOfTheRowsDoesNotMatter(
      Subject subject,
      Judge judge,
      @ForAll(supplier = Texts.class) Text text,
      @ForAll @IntRange(min = 2, max = MOST_ROWS) int rows) {
    try (LoadedModel model = subject.load(text.model())) {
      List<Session> one = sessions(model, text, rows);
      List<Session> other = new ArrayList<>(one.stream().map(Session::fork).toList());
      List<State> before = one.stream().map(Session::snapshot).toList();
      int[] tokens = tokens(text, rows, 0);
      step(model, one, tokens);
      int[] reversed = new int[rows];
      for (int row = 0; row < rows; row++) {
        reversed[row] = tokens[rows - 1 - row];
      }
      step(model, other.reversed(), reversed);
      for (int row = 0; row < rows; row++) {
        agree(
            "row %d of %d, in a batch in reverse order".formatted(row, rows),
            model,
            judge,
            before.get(row),
            tokens[row],
            Outcome.of(one.get(row)),
            Outcome.of(other.get(row)));
      }
      one.forEach(Session::close);
      other.forEach(Session::close);
    }
  }

  @Verifies("RWKV-BAT-003")
  @Property(tries = 20)
  void wrongBatchesAreRefusedAndNothingMoves(
      Subject subject, @ForAll(supplier = Texts.class) Text text) {
    int wrong = text.model().vocabulary();
    try (LoadedModel model = subject.load(text.model());
        LoadedModel foreign = subject.load(text.model());
        Session a = model.newSession();
        Session b = model.newSession();
        Session stranger = foreign.newSession()) {
      a.prefill(text.all());
      b.step(text.token(0));
      Outcome[] before = {Outcome.of(a), Outcome.of(b)};
      Batches batches = new Batches(model, a, b, before);
      batches.refused("one session twice", new Session[] {a, b, a}, 0, 0, 0);
      batches.refused("a session of another model", new Session[] {a, stranger}, 0, 0);
      batches.refused("no session", new Session[0]);
      batches.refused("fewer tokens than sessions", new Session[] {a, b}, 0);
      batches.refused("more tokens than sessions", new Session[] {a, b}, 0, 0, 0);
      batches.refused("token V", new Session[] {a, b}, 0, wrong);
      batches.refused("token -1", new Session[] {a, b}, 0, -1);
      batches.refused("a null session", new @Nullable Session[] {a, null}, 0, 0);
      batches.refused("null sessions", null, 0);
      batches.refused("null tokens", new Session[] {a}, (int[]) null);
    }
  }

  private record Batches(LoadedModel model, Session a, Session b, Outcome[] before) {
    // Callers may have no null checker.
    @SuppressWarnings("NullAway")
    void refused(String what, @Nullable Session @Nullable [] sessions, int @Nullable ... tokens) {
      Refusal.expect(
          InvalidArgumentException.class,
          "a batch with " + what,
          () -> {
            model.model().step(sessions, tokens);
            return null;
          });
      before[0].requireSame(Outcome.of(a), "after a batch with " + what);
      before[1].requireSame(Outcome.of(b), "after a batch with " + what);
    }
  }

  @Verifies("RWKV-BAT-006")
  @Property(tries = 20)
  void theCallersArraysAreHisOwn(Subject subject, @ForAll(supplier = Texts.class) Text text) {
    try (LoadedModel model = subject.load(text.model())) {
      List<Session> sessions = sessions(model, text, 3);
      Session[] given = sessions.toArray(Session[]::new);
      int[] tokens = tokens(text, 3, 0);
      model.model().step(given, tokens);
      Violation.unless(
          Arrays.equals(given, sessions.toArray()) && Arrays.equals(tokens, tokens(text, 3, 0)),
          "a batch has changed the caller's arrays");
      List<Outcome> wanted = new ArrayList<>();
      for (Session session : sessions) {
        try (Session fork = session.fork()) {
          fork.step(text.token(0));
          wanted.add(Outcome.of(fork));
        }
      }
      Arrays.fill(tokens, text.model().vocabulary() - 1);
      Arrays.fill(given, given[0]);
      for (int i = 0; i < wanted.size(); i++) {
        sessions.get(i).step(text.token(0));
        wanted
            .get(i)
            .requireSame(Outcome.of(sessions.get(i)), "a step after the arrays were reused");
      }
      sessions.forEach(Session::close);
    }
  }

  @Verifies("RWKV-BAT-007")
  @Property(tries = 20)
  void aClosedSessionIsRefusedAndNoOtherMoves(
      Subject subject, @ForAll(supplier = Texts.class) Text text) {
    try (LoadedModel model = subject.load(text.model());
        Session open = model.newSession()) {
      open.prefill(text.all());
      Outcome before = Outcome.of(open);
      Session closed = model.newSession();
      closed.close();
      Refusal.expect(
          ClosedException.class,
          "a batch with a closed session",
          () -> {
            model.model().step(new Session[] {open, closed}, new int[] {0, 0});
            return null;
          });
      before.requireSame(Outcome.of(open), "after a batch with a closed session");
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

package dev.rwkv.conformance.property;

import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.conformance.generator.ModelCase;
import dev.rwkv.conformance.generator.Text;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Judge;
import dev.rwkv.conformance.tolerance.Violation;
import dev.rwkv.error.ClosedException;
import dev.rwkv.error.ConcurrentUseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Many threads at once. */
class ConcurrencyProperties {
  private static final int THREADS = 4;
  private static final int VOCABULARY = 30;

  // Wide enough for steps to overlap.
  private static ModelCase model(int seed) {
    return ModelCase.of(2, 70, 131, VOCABULARY, seed);
  }

  private static int token(int thread, int step) {
    return (7 * thread + 3 * step) % VOCABULARY;
  }

  @Verifies("RWKV-CON-001")
  @Property(tries = 15)
  void sessionsOnThreadsGiveWhatTheyGiveInTurn(
      Subject subject, @ForAll @IntRange(max = 1000) int seed) {
    try (LoadedModel model = subject.load(model(seed))) {
      List<Callable<Outcome>> tasks = new ArrayList<>();
      List<Outcome> wanted = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        tasks.add(() -> text(model, thread));
        wanted.add(text(model, thread));
      }
      List<Outcome> got = together(tasks);
      for (int i = 0; i < THREADS; i++) {
        wanted.get(i).requireSame(got.get(i), "session %d beside others".formatted(i));
      }
    }
  }

  private static Outcome text(LoadedModel model, int thread) {
    try (Session session = model.newSession()) {
      session.prefill(token(thread, 0), token(thread, 1), token(thread, 2));
      for (int step = 3; step < 40; step++) {
        session.step(token(thread, step));
      }
      return Outcome.of(session);
    }
  }

  @Verifies("RWKV-CON-002")
  @Property(tries = 15)
  void everyStepOfACrowdedSessionCountsOnce(
      Subject subject, @ForAll @IntRange(max = 1000) int seed) {
    try (LoadedModel model = subject.load(model(seed));
        Session crowded = model.newSession();
        Session alone = model.newSession()) {
      Callable<Integer> crowd =
          () -> {
            int done = 0;
            for (int i = 0; i < 30; i++) {
              try {
                crowded.step(5);
                done++;
              } catch (ConcurrentUseException e) {
                Thread.onSpinWait(); // refused, as it may be
              }
            }
            return done;
          };
      int done = together(List.of(crowd, crowd, crowd)).stream().mapToInt(each -> each).sum();
      for (int i = 0; i < done; i++) {
        alone.step(5);
      }
      State wanted = alone.snapshot();
      new Outcome(new double[0], wanted)
          .requireSame(
              new Outcome(new double[0], crowded.snapshot()),
              "after %d steps from three threads".formatted(done));
    }
  }

  @Verifies("RWKV-CON-003")
  @Property(tries = 15)
  void closingDuringAStepEndsInOrder(Subject subject, @ForAll @IntRange(max = 1000) int seed) {
    try (LoadedModel model = subject.load(model(seed))) {
      Session one = model.newSession();
      Session other = model.newSession();
      closeDuringAStep(one, one);
      closeDuringAStep(other, model.model());
      other.close();
    }
    try (LoadedModel next = subject.load(model(seed))) {
      Outcome first = text(next, 0);
      first.requireSame(text(next, 0), "a model loaded afterwards");
    }
  }

  private static void closeDuringAStep(Session session, AutoCloseable closed) {
    CountDownLatch running = new CountDownLatch(1);
    Callable<String> steps =
        () -> {
          try {
            for (int i = 0; i < 100_000; i++) {
              session.step(token(0, i));
              running.countDown();
            }
            return "100000 steps were made of what is closed";
          } catch (ClosedException e) {
            return "";
          } catch (RuntimeException e) {
            return "a step threw " + e;
          } finally {
            running.countDown();
          }
        };
    Callable<String> close =
        () -> {
          running.await();
          closed.close();
          return "";
        };
    for (String problem : together(List.of(steps, close))) {
      Violation.unless(problem.isEmpty(), "closed during a step: " + problem);
    }
  }

  @Verifies("RWKV-CON-004")
  @Property(tries = 8)
  void modelsOnThreadsAreIndependent(Subject subject, @ForAll @IntRange(max = 1000) int seed) {
    List<Callable<Outcome>> tasks = new ArrayList<>();
    List<Outcome> wanted = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      ModelCase own = model(seed + i);
      tasks.add(() -> alone(subject, own));
      wanted.add(alone(subject, own));
    }
    List<Outcome> got = together(tasks);
    for (int i = 0; i < THREADS; i++) {
      wanted.get(i).requireSame(got.get(i), "model %d beside others".formatted(i));
    }
  }

  private static Outcome alone(Subject subject, ModelCase own) {
    try (LoadedModel model = subject.load(own)) {
      return text(model, 1);
    }
  }

  @Verifies("RWKV-CON-005")
  @Property(tries = 10)
  void batchesOnThreadsGiveWhatTheyGiveInTurn(
      Subject subject, Judge judge, @ForAll @IntRange(max = 1000) int seed) {
    Text text = Text.of(model(seed), List.of(3, 1, 4));
    try (LoadedModel model = subject.load(text.model())) {
      List<Callable<List<Outcome>>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        tasks.add(() -> batch(model, thread));
      }
      List<List<Outcome>> got = together(tasks);
      for (int thread = 0; thread < THREADS; thread++) {
        List<Outcome> wanted = batch(model, thread);
        for (int row = 0; row < wanted.size(); row++) {
          State empty =
              State.initial(
                  model.model().stateLayout(),
                  model.model().fingerprint(),
                  wanted.get(row).state().dtype());
          BatchProperties.agree(
              "row %d of a batch beside others".formatted(row),
              model,
              judge,
              empty,
              token(thread, row),
              wanted.get(row),
              got.get(thread).get(row));
        }
      }
    }
  }

  // Many batches of first tokens: each leaves what one step from the start leaves.
  private static List<Outcome> batch(LoadedModel model, int thread) {
    Session[] sessions = new Session[3];
    int[] tokens = new int[sessions.length];
    for (int row = 0; row < sessions.length; row++) {
      sessions[row] = model.newSession();
      tokens[row] = token(thread, row);
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (int repeat = 0; repeat < 10; repeat++) {
      outcomes.clear();
      for (Session session : sessions) {
        session.reset();
      }
      model.model().step(sessions, tokens);
      for (Session session : sessions) {
        outcomes.add(Outcome.of(session));
      }
    }
    for (Session session : sessions) {
      session.close();
    }
    return outcomes;
  }

  private static <T> List<T> together(List<Callable<T>> tasks) {
    try (ExecutorService threads = Executors.newFixedThreadPool(tasks.size())) {
      CountDownLatch start = new CountDownLatch(tasks.size());
      List<Future<T>> futures = new ArrayList<>();
      for (Callable<T> task : tasks) {
        futures.add(
            threads.submit(() -> {
              start.countDown();
              start.await();
              return task.call();
            }));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the test was interrupted", e);
    } catch (ExecutionException e) {
      throw new Violation("on a thread beside others: " + e.getCause(), e.getCause());
    }
  }
}

package dev.rwkv.conformance.process;

import dev.rwkv.conformance.report.Backend;
import dev.rwkv.conformance.report.RequirementResult;
import dev.rwkv.conformance.requirement.Requirement;
import dev.rwkv.conformance.requirement.Requirements;
import dev.rwkv.conformance.requirement.Tier;
import dev.rwkv.error.BackendException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tests requirements in worker processes. A worker that crashes, hangs or ends has failed the
 * requirement that it was testing, and another one goes on with the next; after {@value
 * #MOST_WORKERS} of them the rest fails as well. Not thread-safe.
 */
public final class Supervisor {
  private static final int MOST_WORKERS = 4;
  private static final int POLL_MILLIS = 50;
  private static final long GRACE_NANOS = 10_000_000_000L;

  private final RunPlan plan;
  private final Listener listener;
  private final List<RequirementResult> results = new ArrayList<>();
  private final List<String> ends = new ArrayList<>();
  private final StringBuilder output = new StringBuilder();
  private @Nullable Backend backend;

  /** Is told what goes on, on the calling thread. */
  public interface Listener {
    /** A requirement is being tested. */
    void started(Requirement requirement);

    /** A requirement was tested. */
    void finished(RequirementResult result);
  }

  /**
   * A run to come.
   *
   * @param requirementLimit tests of one requirement that take longer count as hanging
   * @param requirements in the order in which they are tested
   */
  public Supervisor(
      String backend,
      Tier tier,
      long seed,
      Duration requirementLimit,
      List<Requirement> requirements,
      Listener listener) {
    List<String> ids = new ArrayList<>(requirements.stream().map(Requirement::id).toList());
    ids.removeAll(ProcessChecks.ids());
    this.plan = new RunPlan(backend, tier, seed, requirementLimit, List.copyOf(ids));
    this.listener = listener;
  }

  /**
   * Tests everything.
   *
   * @return a result for each requirement, and for those that are about the process
   * @throws BackendException if there is no such backend, or it cannot be used here
   */
  public List<RequirementResult> run() {
    try {
      Path folder = Files.createTempDirectory("rwkv-conformance");
      try {
        runWorkers(folder);
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackendException("the run was interrupted", e);
    }
    new ProcessChecks(List.copyOf(ends), output.toString()).results().forEach(this::finished);
    return List.copyOf(results);
  }

  /** The facts about the backend, once {@link #run} has returned. */
  public Backend backend() {
    if (backend == null) {
      throw new IllegalStateException("no worker has been ready yet");
    }
    return backend;
  }

  private void runWorkers(Path folder) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + plan.tier().runLimit().toNanos();
    for (int i = 0; i < MOST_WORKERS && results.size() < plan.requirements().size(); i++) {
      RunPlan rest = plan.from(results.size());
      WorkerProcess worker = new WorkerProcess(folder.resolve("worker-" + i), rest);
      try {
        new Watch(worker, deadline).untilItsEnd();
      } finally {
        worker.kill();
      }
      output.append(worker.output());
    }
    for (String id : plan.from(results.size()).requirements()) {
      finished(
          RequirementResult.failed(
              Requirements.of(id),
              0,
              "was not tested: " + (ends.isEmpty() ? "no time was left" : ends.getLast())));
    }
  }

  private void finished(RequirementResult result) {
    results.add(result);
    listener.finished(result);
  }

  /** One worker being watched. */
  private final class Watch {
    private final WorkerProcess worker;
    private final Journal journal;
    private final long runDeadline;
    private @Nullable String running;
    private long runningSince = System.nanoTime();
    private @Nullable String stack;
    private boolean done;

    Watch(WorkerProcess worker, long runDeadline) {
      this.worker = worker;
      this.journal = new Journal(worker.journal());
      this.runDeadline = runDeadline;
    }

    void untilItsEnd() throws IOException, InterruptedException {
      String killed = null;
      while (worker.isAlive() && killed == null) {
        worker.await(POLL_MILLIS);
        journal.newEntries().forEach(this::read);
        killed = whyToKill();
      }
      if (killed != null) {
        worker.kill();
      }
      journal.newEntries().forEach(this::read);
      String end = killed != null ? killed : howItEnded();
      if (end != null) {
        abandoned(end);
      }
    }

    private @Nullable String whyToKill() {
      long now = System.nanoTime();
      long limit = plan.requirementLimit().toNanos() + GRACE_NANOS;
      if (now > runDeadline) {
        return "the whole run took more than " + plan.tier().runLimit().toMinutes() + " minutes";
      }
      return now - runningSince > limit
          ? "the process hung for more than " + limit / 1_000_000_000L + " s and was killed"
          : null;
    }

    private @Nullable String howItEnded() {
      int code = worker.exitCode();
      if (done && code == 0) {
        return null;
      }
      if (code == Watchdog.STUCK && stack != null) {
        return "it hung for more than " + plan.requirementLimit().toSeconds() + " s";
      }
      if (worker.crashed()) {
        return "the JVM crashed";
      }
      return code > 128
          ? "the process was ended by signal " + (code - 128)
          : "the process ended by itself with exit code " + code;
    }

    private void abandoned(String end) throws IOException {
      String during = running == null ? "between requirements" : "during " + running;
      ends.add(end + ", " + during);
      if (running != null) {
        finished(
            RequirementResult.failed(
                Requirements.of(running),
                (System.nanoTime() - runningSince) / 1e9,
                end + (stack != null ? stack : "\n" + worker.lastWords())));
      } else if (backend == null) {
        throw new BackendException(
            end + " before the first test: " + worker.lastWords().replace('\n', ' '));
      }
    }

    private void read(Journal.Entry entry) {
      runningSince = System.nanoTime();
      switch (entry.what()) {
        case READY -> backend = entry.backend();
        case UNUSABLE -> throw new BackendException(entry.text());
        case STARTED -> {
          running = entry.id();
          listener.started(Requirements.of(entry.id()));
        }
        case STUCK -> stack = entry.text();
        case FINISHED -> {
          running = null;
          if (entry.result() != null) {
            finished(entry.result());
          }
        }
        case DONE -> done = true;
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      Consumer<Path> deletion = path -> path.toFile().delete();
      files.sorted(Comparator.reverseOrder()).forEach(deletion);
    }
  }
}

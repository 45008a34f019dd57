package dev.rwkv.conformance.property;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads that take part in some work: those of Java, as the JVM counts their processor time,
 * and those that native code has started, where the system tells.
 *
 * @param names of all of them
 * @param nativeSeen whether threads of native code were looked for
 */
record WorkingThreads(List<String> names, boolean nativeSeen) {
  // Whoever takes less than a quarter of the busiest one's time hands over, or tidies up.
  private static final int SHARE = 4;
  // Long beside the ticks of 10 ms in which the time of a process is counted. The calling thread's
  // own, because compilers work besides; the process's where others do the work; and an end where a
  // device does it and threads wait.
  private static final long LEAST_NANOS = 150_000_000;
  private static final long LEAST_OF_ALL_NANOS = 800_000_000;
  private static final long PATIENCE_NANOS = 3_000_000_000L;
  private static final long TICKS_NANOS = 30_000_000;
  private static final long QUIET_NANOS = 100_000_000;

  WorkingThreads {
    names = List.copyOf(names);
  }

  private record Worker(String name, long nanos) {}

  /**
   * Workers of the JVM's common pool that are busy although the caller has given them nothing to
   * do. Before a backend is loaded these are not its own.
   */
  static Set<Long> restless() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    if (!countsTime(threads)) {
      return Set.of();
    }
    Map<Long, Long> before = nanos(threads);
    before
        .keySet()
        .removeIf(id -> {
          ThreadInfo thread = threads.getThreadInfo(id);
          return thread == null || !isOfCommonPool(thread.getThreadName());
        });
    if (before.isEmpty()) {
      return Set.of();
    }
    LockSupport.parkNanos(QUIET_NANOS);
    before
        .entrySet()
        .removeIf(each ->
            threads.getThreadCpuTime(each.getKey()) - each.getValue() < QUIET_NANOS / SHARE);
    return before.keySet();
  }

  /** Whether a thread of this name belongs to the JVM's common pool, whoever used that first. */
  static boolean isOfCommonPool(String threadName) {
    return threadName.startsWith("ForkJoinPool.commonPool");
  }

  private static boolean countsTime(ThreadMXBean threads) {
    return threads.isThreadCpuTimeSupported() && threads.isThreadCpuTimeEnabled();
  }

  /**
   * Does the work again and again, and finds out who takes part.
   *
   * @param calls that the work makes once, each of which might start a thread anew
   * @param restless threads that do not count
   */
  static WorkingThreads during(int calls, Set<Long> restless, Runnable work) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    if (!countsTime(threads)) {
      work.run();
      return new WorkingThreads(List.of(Thread.currentThread().getName()), false);
    }
    Optional<ProcessThreads> processBefore = ProcessThreads.now();
    long startedBefore = threads.getTotalStartedThreadCount();
    Map<Long, Long> before = nanos(threads);
    int rounds = repeat(threads, work, processBefore.isPresent());
    Map<Long, Long> after = nanos(threads);
    after.keySet().removeAll(restless);
    long gone = threads.getTotalStartedThreadCount() - startedBefore;
    gone -= after.keySet().stream().filter(id -> !before.containsKey(id)).count();
    Optional<ProcessThreads> processAfter = ProcessThreads.now();
    List<Worker> workers = java(threads, before, after);
    if (processBefore.isPresent() && processAfter.isPresent()) {
      workers.addAll(ofNativeCode(processBefore.get(), processAfter.get()));
      if (gone == 0) {
        workers.add(ended(processBefore.get(), processAfter.get()));
      }
    }
    long most = workers.stream().mapToLong(Worker::nanos).max().orElse(0);
    List<String> names = new ArrayList<>();
    workers.stream()
        .filter(worker -> worker.nanos() > most / SHARE)
        .forEach(worker -> names.add(worker.name()));
    names.addAll(Collections.nCopies((int) (gone / rounds / calls), "(started anew each time)"));
    return new WorkingThreads(names, processAfter.isPresent());
  }

  private static int repeat(ThreadMXBean threads, Runnable work, boolean nativeSeen) {
    long start = System.nanoTime();
    long own = threads.getCurrentThreadCpuTime();
    long all = ProcessThreads.processNanos();
    int rounds = 0;
    boolean enough;
    do {
      work.run();
      rounds++;
      enough =
          !nativeSeen
              || threads.getCurrentThreadCpuTime() - own > LEAST_NANOS
              || ProcessThreads.processNanos() - all > LEAST_OF_ALL_NANOS;
    } while (!enough && System.nanoTime() - start < PATIENCE_NANOS);
    return rounds;
  }

  private static List<Worker> java(
      ThreadMXBean threads, Map<Long, Long> before, Map<Long, Long> after) {
    List<Worker> workers = new ArrayList<>();
    after.forEach((id, nanos) -> {
      ThreadInfo thread = threads.getThreadInfo(id);
      if (thread != null) {
        workers.add(new Worker(thread.getThreadName(), nanos - before.getOrDefault(id, 0L)));
      }
    });
    return workers;
  }

  private static Map<Long, Long> nanos(ThreadMXBean threads) {
    Map<Long, Long> nanos = new TreeMap<>();
    for (long id : threads.getAllThreadIds()) {
      nanos.put(id, threads.getThreadCpuTime(id));
    }
    return nanos;
  }

  private static List<Worker> ofNativeCode(ProcessThreads before, ProcessThreads after) {
    return after.ofNativeCode().entrySet().stream()
        .map(task ->
            new Worker(
                "native thread '" + task.getValue().name() + "'",
                task.getValue().nanos() - before.nanos(task.getKey())))
        .toList();
  }

  // All threads of native code that have ended meanwhile, taken for one: what the process has
  // worked
  // and those that are still there have not. Nothing where a thread of the JVM may be among them.
  private static Worker ended(ProcessThreads before, ProcessThreads after) {
    long nanos = after.processNanosBefore() - before.processNanosAfter() - TICKS_NANOS;
    for (long id : after.tasks().keySet()) {
      nanos -= after.nanos(id) - before.nanos(id);
    }
    boolean ofTheJvm =
        ProcessThreads.jvmThreadsEnd() || !after.tasks().keySet().containsAll(before.ofTheJvm());
    return new Worker("native threads, started anew each time", ofTheJvm ? 0 : Math.max(0, nanos));
  }

  int count() {
    return names.size();
  }
}

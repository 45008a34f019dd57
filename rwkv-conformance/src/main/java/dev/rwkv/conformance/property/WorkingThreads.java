package dev.rwkv.conformance.property;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The Java threads that take part in some work, as the JVM counts their processor time. Threads of
 * native code are not seen.
 *
 * @param names of all of them
 */
record WorkingThreads(List<String> names) {
  // Whoever takes less than a quarter of the busiest one's time hands over, or tidies up.
  private static final int SHARE = 4;

  WorkingThreads {
    names = List.copyOf(names);
  }

  /**
   * Does the work several times, and finds out who takes part.
   *
   * @param times that it does whatever might start a thread anew
   */
  static WorkingThreads during(int times, Runnable work) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    if (!threads.isThreadCpuTimeSupported() || !threads.isThreadCpuTimeEnabled()) {
      work.run();
      return new WorkingThreads(List.of(Thread.currentThread().getName()));
    }
    long startedBefore = threads.getTotalStartedThreadCount();
    Map<Long, Long> before = nanos(threads);
    work.run();
    Map<Long, Long> taken = nanos(threads);
    long gone = threads.getTotalStartedThreadCount() - startedBefore;
    for (Map.Entry<Long, Long> thread : taken.entrySet()) {
      Long earlier = before.get(thread.getKey());
      gone -= earlier == null ? 1 : 0;
      thread.setValue(thread.getValue() - (earlier == null ? 0 : earlier));
    }
    long most = taken.values().stream().mapToLong(Long::longValue).max().orElse(0);
    List<String> names = new ArrayList<>();
    taken.forEach((id, nanos) -> {
      ThreadInfo thread = threads.getThreadInfo(id);
      if (thread != null && nanos > most / SHARE) {
        names.add(thread.getThreadName());
      }
    });
    names.addAll(Collections.nCopies((int) (gone / times), "(started anew each time)"));
    return new WorkingThreads(names);
  }

  private static Map<Long, Long> nanos(ThreadMXBean threads) {
    Map<Long, Long> nanos = new TreeMap<>();
    for (long id : threads.getAllThreadIds()) {
      nanos.put(id, threads.getThreadCpuTime(id));
    }
    return nanos;
  }

  int count() {
    return names.size();
  }
}

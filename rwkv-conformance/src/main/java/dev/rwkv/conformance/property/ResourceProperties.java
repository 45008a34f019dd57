package dev.rwkv.conformance.property;

import com.sun.management.ThreadMXBean;
import dev.rwkv.Session;
import dev.rwkv.conformance.generator.ModelCase;
import dev.rwkv.conformance.requirement.Tier;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Violation;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.Example;

/** What a session and a model may take, and must give back. */
class ResourceProperties {
  private static final int EARLY = 200;
  private static final int LATE = 2_000;
  private static final int MEASURED = 200;
  // The JIT compiler moves allocations about: a step may differ by a few objects.
  private static final long SLACK_BYTES_PER_STEP = 512;
  private static final long PATIENCE_NANOS = 2_000_000_000L;

  @Verifies("RWKV-RES-001")
  @Example
  void aStepDoesNotTakeMoreTheLaterItComes(Subject subject) {
    staysAsItIs(subject, LATE);
  }

  @Verifies(value = "RWKV-RES-001", from = Tier.FULL)
  @Example
  void tenThousandTokensTakeNoMoreThanTwoHundred(Subject subject) {
    staysAsItIs(subject, 10_000);
  }

  @Verifies(value = "RWKV-RES-001", from = Tier.LONG)
  @Example
  void aHundredThousandTokensTakeNoMoreThanTwoHundred(Subject subject) {
    staysAsItIs(subject, 100_000);
  }

  private static void staysAsItIs(Subject subject, int tokens) {
    try (LoadedModel model = subject.load(ModelCase.of(1, 8, 16, 20, 3));
        Session session = model.newSession()) {
      long size = session.snapshot().data().byteSize();
      run(session, EARLY);
      long early = allocatedPerStep(session);
      run(session, tokens);
      long late = allocatedPerStep(session);
      Violation.unless(
          late <= early + SLACK_BYTES_PER_STEP,
          "a step allocates %d bytes after %d tokens and %d after %d"
              .formatted(early, EARLY, late, tokens + EARLY));
      long now = session.snapshot().data().byteSize();
      Violation.unless(
          now == size, "a state takes %d bytes at first and %d later".formatted(size, now));
    }
  }

  private static void run(Session session, int steps) {
    for (int i = 0; i < steps; i++) {
      session.step(i % 20);
    }
  }

  private static long allocatedPerStep(Session session) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    run(session, MEASURED);
    return (threads.getCurrentThreadAllocatedBytes() - before) / MEASURED;
  }

  @Verifies("RWKV-RES-002")
  @Example
  void threadsEndWithTheirModel(Subject subject) throws InterruptedException {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    try (LoadedModel model = subject.load(ModelCase.of(2, 32, 64, 20, 3));
        Session session = model.newSession()) {
      session.prefill(1, 2, 3);
      session.step(4);
    }
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    Set<Thread> left = started(before);
    while (!left.isEmpty() && System.nanoTime() < deadline) {
      Thread.sleep(10);
      left = started(before);
    }
    Violation.unless(
        left.isEmpty(),
        "%d threads are left after the model was closed: %s"
            .formatted(left.size(), left.stream().map(Thread::getName).sorted().toList()));
  }

  private static Set<Thread> started(Set<Thread> before) {
    Set<Thread> now = new HashSet<>(Thread.getAllStackTraces().keySet());
    now.removeAll(before);
    // Common pools belong to the JVM, whoever used them first.
    now.removeIf(thread ->
        thread.getName().startsWith("ForkJoinPool.commonPool")
            || thread.getThreadGroup() == null
            || "system".equals(thread.getThreadGroup().getName()));
    return now;
  }
}

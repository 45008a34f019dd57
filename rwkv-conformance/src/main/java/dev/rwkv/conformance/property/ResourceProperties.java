package dev.rwkv.conformance.property;

import com.sun.management.ThreadMXBean;
import dev.rwkv.Session;
import dev.rwkv.conformance.generator.ModelCase;
import dev.rwkv.conformance.report.Figure;
import dev.rwkv.conformance.report.Recorder;
import dev.rwkv.conformance.requirement.Tier;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Violation;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Example;

/** What a session and a model may take, and must give back. */
class ResourceProperties {
  private static final int EARLY = 200;
  private static final int LATE = 2_000;
  private static final int PARTS = 10;
  private static final int MEASURED = 200;
  private static final String ALLOCATED = "allocated by a step";
  private static final String STATE = "a state";
  // The JIT compiler moves allocations about: a step may differ by a few objects.
  private static final long SLACK_BYTES_PER_STEP = 512;
  private static final int MODELS = 4;
  private static final long PATIENCE_NANOS = 2_000_000_000L;

  @Verifies("RWKV-RES-001")
  @Example
  void aStepDoesNotTakeMoreTheLaterItComes(Subject subject, Recorder recorder) {
    staysAsItIs(subject, recorder, LATE);
  }

  @Verifies(value = "RWKV-RES-001", from = Tier.FULL)
  @Example
  void tenThousandTokensTakeNoMoreThanTwoHundred(Subject subject, Recorder recorder) {
    staysAsItIs(subject, recorder, 10_000);
  }

  @Verifies(value = "RWKV-RES-001", from = Tier.LONG)
  @Example
  void aHundredThousandTokensTakeNoMoreThanTwoHundred(Subject subject, Recorder recorder) {
    staysAsItIs(subject, recorder, 100_000);
  }

  private static void staysAsItIs(Subject subject, Recorder recorder, int tokens) {
    try (LoadedModel model = subject.load(ModelCase.of(1, 8, 16, 20, 3));
        Session session = model.newSession()) {
      long size = session.snapshot().data().byteSize();
      run(session, EARLY);
      long early = allocatedPerStep(session);
      runTimed(session, recorder, tokens);
      long late = allocatedPerStep(session);
      Violation.unless(
          late <= early + SLACK_BYTES_PER_STEP,
          "a step allocates %d bytes after %d tokens and %d after %d"
              .formatted(early, EARLY, late, tokens + EARLY));
      recorder.point(Figure.MEMORY, ALLOCATED, EARLY, (double) early);
      recorder.point(Figure.MEMORY, ALLOCATED, EARLY + tokens, (double) late);
      long now = session.snapshot().data().byteSize();
      recorder.point(Figure.MEMORY, STATE, EARLY, (double) size);
      recorder.point(Figure.MEMORY, STATE, EARLY + tokens, (double) now);
      Violation.unless(
          now == size, "a state takes %d bytes at first and %d later".formatted(size, now));
    }
  }

  private static void runTimed(Session session, Recorder recorder, int tokens) {
    long start = System.nanoTime();
    int part = tokens / PARTS;
    for (int done = part; done <= tokens; done += part) {
      run(session, part);
      recorder.point(
          Figure.TIME, "steps one after the other", done, (System.nanoTime() - start) / 1e9);
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
    use(subject);
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

  @Verifies("RWKV-RES-002")
  @Example
  void threadsOfNativeCodeDoNotAddUp(Subject subject, Recorder recorder)
      throws InterruptedException {
    // A runtime may keep a pool for all models: it is there after the first one, or the second.
    use(subject);
    use(subject);
    int before = threadsOfNativeCode(recorder);
    for (int i = 0; i < MODELS; i++) {
      use(subject);
    }
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    int left = threadsOfNativeCode(recorder) - before;
    while (left >= MODELS && System.nanoTime() < deadline) {
      Thread.sleep(10);
      left = threadsOfNativeCode(recorder) - before;
    }
    Violation.unless(
        left < MODELS,
        "%d models that were closed have left %d threads of native code".formatted(MODELS, left));
  }

  private static int threadsOfNativeCode(Recorder recorder) {
    Optional<ProcessThreads> now = ProcessThreads.now();
    if (now.isEmpty()) {
      recorder.note(ProcessThreads.UNSEEN);
    }
    return now.map(threads -> threads.ofNativeCode().size()).orElse(0);
  }

  private static void use(Subject subject) {
    try (LoadedModel model = subject.load(ModelCase.of(2, 32, 64, 20, 3));
        Session session = model.newSession()) {
      session.prefill(1, 2, 3);
      session.step(4);
    }
  }

  private static Set<Thread> started(Set<Thread> before) {
    Set<Thread> now = new HashSet<>(Thread.getAllStackTraces().keySet());
    now.removeAll(before);
    now.removeIf(thread ->
        WorkingThreads.isOfCommonPool(thread.getName())
            || thread.getThreadGroup() == null
            || "system".equals(thread.getThreadGroup().getName()));
    return now;
  }
}

package dev.rwkv.conformance.process;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Ends a worker whose requirement takes too long, and leaves the stack of its test in the journal.
 * Where even that hangs, the supervisor kills the process.
 */
final class Watchdog {
  /** What the process ends with. */
  static final int STUCK = 99;

  private static final int FRAMES = 25;
  private static final int POLL_MILLIS = 100;

  private final Journal journal;
  private final Duration limit;
  private final Thread tests = Thread.currentThread();
  private @Nullable String id;
  private long deadline;

  Watchdog(Journal journal, Duration limit) {
    this.journal = journal;
    this.limit = limit;
    Thread.ofPlatform().daemon().name("conformance-watchdog").start(this::keepWatch);
  }

  synchronized void watch(String requirement) {
    id = requirement;
    deadline = System.nanoTime() + limit.toNanos();
  }

  synchronized void rest() {
    id = null;
  }

  private void keepWatch() {
    while (true) {
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        return; // nobody interrupts it but the end of the process
      }
      biteIfStuck();
    }
  }

  private synchronized void biteIfStuck() {
    if (id != null && System.nanoTime() > deadline) {
      journal.stuck(
          id,
          Arrays.stream(tests.getStackTrace())
              .limit(FRAMES)
              .map(frame -> "\n  at " + frame)
              .collect(Collectors.joining()));
      Runtime.getRuntime().halt(STUCK);
    }
  }
}

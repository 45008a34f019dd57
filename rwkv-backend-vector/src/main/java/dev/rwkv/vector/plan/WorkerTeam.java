package dev.rwkv.vector.plan;

import dev.rwkv.error.BackendException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Threads that run one task together, meeting at barriers in between.
 *
 * <p>The thread that calls {@link #run} is worker 0; the others wait for tasks. A task has about a
 * hundred barriers a token, so that waiting is spinning for as long as a barrier usually takes and
 * parking after that. Where there are more workers than processors, nobody spins.
 *
 * <p>Assumptions and guarantees:
 *
 * <ul>
 *   <li>One task at a time: a second caller waits for the first.
 *   <li>Every worker of a task calls {@link #barrier} equally often.
 *   <li>What a worker wrote before a barrier, every worker sees after it.
 *   <li>When a worker throws, or its thread is gone, all others leave at their next barrier, and
 *       {@link #run} throws. It never waits for a thread that is gone. The team works again
 *       afterwards: missing threads are started anew.
 *   <li>A run allocates nothing.
 * </ul>
 */
public final class WorkerTeam implements AutoCloseable {

  /** What the workers do together. */
  @FunctionalInterface
  public interface Task {
    /**
     * The part of one worker.
     *
     * @param worker its number, from 0
     */
    void run(int worker);
  }

  private static final int SPINS = 1 << 14; // some hundreds of microseconds
  private static final int SPINS_BEFORE_YIELDING = 1 << 9; // longer than most barriers take
  private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** Leaves a task that another worker has given up. */
  private static final class GivenUp extends RuntimeException {
    GivenUp() {
      super("another worker failed", null, false, false);
    }
  }

  private final int size;
  private final int spins;
  private final ThreadFactory factory;
  private final ReentrantLock oneTask = new ReentrantLock();
  private final @Nullable Thread[] threads;
  private final AtomicInteger arrived = new AtomicInteger();
  private final AtomicInteger finished = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile int taskNumber;
  private volatile int phase;
  private volatile boolean closed;
  private volatile @Nullable Task task;

  /**
   * A team of {@code size} workers: the caller and {@code size − 1} daemon threads, which start
   * with the first task.
   */
  public WorkerTeam(int size) {
    this(size, Thread.ofPlatform().daemon().name("rwkv-vector-", 1).factory());
  }

  WorkerTeam(int size, ThreadFactory factory) {
    this.size = size;
    this.factory = factory;
    this.threads = new Thread[size];
    this.spins = size <= Runtime.getRuntime().availableProcessors() ? SPINS : 0;
  }

  /** How many workers there are, the caller among them. */
  public int size() {
    return size;
  }

  /**
   * Runs a task on all workers and returns when all are done.
   *
   * @throws BackendException if a worker failed; the cause is what it threw
   */
  public void run(Task newTask) {
    if (size == 1) {
      oneTask.lock();
      try {
        newTask.run(0);
      } finally {
        oneTask.unlock();
      }
      return;
    }
    oneTask.lock();
    try {
      failure.set(null);
      arrived.set(0);
      finished.set(0);
      task = newTask;
      threads[0] = Thread.currentThread();
      int number = taskNumber + 1;
      startMissing(taskNumber);
      taskNumber = number;
      wakeAll();
      work(newTask, 0);
      awaitOthers();
      threads[0] = null;
      task = null;
      Throwable cause = failure.get();
      if (cause != null) {
        throw failed(cause);
      }
    } finally {
      oneTask.unlock();
    }
  }

  private static RuntimeException failed(Throwable cause) {
    return new BackendException(
        "a worker thread failed (" + cause + "): reset the session and try again", cause);
  }

  private void startMissing(int seen) {
    for (int i = 1; i < size; i++) {
      Thread thread = threads[i];
      if (thread == null || !thread.isAlive()) {
        int worker = i;
        Thread started = factory.newThread(() -> serve(worker, seen));
        threads[i] = started;
        try {
          started.start();
        } catch (OutOfMemoryError e) {
          throw new BackendException(
              "worker thread " + i + " of " + size + " cannot be started: use fewer threads", e);
        }
      }
    }
  }

  private void serve(int worker, int seen) {
    int last = seen;
    while (true) {
      last = awaitTask(last);
      if (closed) {
        return;
      }
      Task current = task;
      if (current != null) {
        work(current, worker);
      }
    }
  }

  private int awaitTask(int last) {
    int spin = 0;
    while (taskNumber == last && !closed) {
      if (spin++ < spins) {
        spin(spin);
      } else {
        LockSupport.park(this);
      }
    }
    return taskNumber;
  }

  private void work(Task current, int worker) {
    try {
      current.run(worker);
    } catch (GivenUp e) {
      // The first failure is the one to report.
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
      wakeAll();
    } finally {
      if (finished.incrementAndGet() == size) {
        LockSupport.unpark(threads[0]);
      }
    }
  }

  // Who is waited for may be waiting for this processor, beside a compiler that works.
  @SuppressWarnings("ThreadPriorityCheck") // a hint; nothing relies on it
  private static void spin(int count) {
    if (count % SPINS_BEFORE_YIELDING == 0) {
      Thread.yield();
    } else {
      Thread.onSpinWait();
    }
  }

  /** Waits until every worker of the task is here. */
  public void barrier() {
    if (size == 1) {
      return;
    }
    int here = phase;
    if (arrived.incrementAndGet() == size) {
      arrived.set(0);
      phase = here + 1;
      wakeAll();
      return;
    }
    int spin = 0;
    while (phase == here) {
      if (failure.get() != null) {
        throw new GivenUp();
      }
      if (spin++ < spins) {
        spin(spin);
      } else {
        LockSupport.parkNanos(this, CHECK_NANOS);
        checkAlive();
      }
    }
  }

  private void awaitOthers() {
    int spin = 0;
    while (finished.get() < size) {
      if (spin++ < spins) {
        spin(spin);
      } else {
        LockSupport.parkNanos(this, CHECK_NANOS);
        if (checkAlive() && othersAreGone()) {
          return;
        }
      }
    }
  }

  private boolean checkAlive() {
    for (int i = 1; i < size; i++) {
      Thread thread = threads[i];
      if (thread != null && !thread.isAlive()) {
        failure.compareAndSet(null, new IllegalStateException("worker thread " + i + " is gone"));
        return true;
      }
    }
    return false;
  }

  // Those that are alive still count themselves; those that are gone never will.
  private boolean othersAreGone() {
    int alive = 1;
    for (int i = 1; i < size; i++) {
      Thread thread = threads[i];
      alive += thread != null && thread.isAlive() ? 1 : 0;
    }
    return finished.get() >= alive;
  }

  private void wakeAll() {
    for (Thread thread : threads) {
      if (thread != null && !thread.equals(Thread.currentThread())) {
        LockSupport.unpark(thread);
      }
    }
  }

  /** Ends the threads. No task may be running. */
  @Override
  public void close() {
    closed = true;
    for (int i = 1; i < size; i++) {
      LockSupport.unpark(threads[i]);
    }
  }
}

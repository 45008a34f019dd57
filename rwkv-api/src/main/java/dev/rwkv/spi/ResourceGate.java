package dev.rwkv.spi;

import dev.rwkv.error.ClosedException;
import dev.rwkv.error.ConcurrentUseException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts who is inside a resource, so that closing it waits for nobody and frees it under nobody:
 * the last one out releases it.
 *
 * <p>The count is in the lower bits and the closed flag is the sign, so that entering, leaving and
 * closing are one compare-and-set each.
 */
final class ResourceGate {
  private static final long CLOSED = Long.MIN_VALUE;

  private final AtomicLong state = new AtomicLong();
  private final String what;
  private final Runnable release;

  /**
   * A gate that is open.
   *
   * @param what names the resource in messages: {@code the model}
   * @param release runs once, after the gate was closed and everyone has left
   */
  ResourceGate(String what, Runnable release) {
    this.what = what;
    this.release = release;
  }

  void enter() {
    long seen;
    do {
      seen = state.get();
      if (seen < 0) {
        throw new ClosedException(what + " was closed: open a new one");
      }
    } while (!state.compareAndSet(seen, seen + 1));
  }

  void enterAlone() {
    if (!state.compareAndSet(0, 1)) {
      if (state.get() < 0) {
        throw new ClosedException(what + " was closed: open a new one");
      }
      throw new ConcurrentUseException(
          what + " is being used by another thread: give each thread its own, see fork()");
    }
  }

  void leave() {
    if (state.decrementAndGet() == CLOSED) {
      release.run();
    }
  }

  void close() {
    long seen;
    do {
      seen = state.get();
      if (seen < 0) {
        return;
      }
    } while (!state.compareAndSet(seen, seen | CLOSED));
    if (seen == 0) {
      release.run();
    }
  }

  boolean isClosed() {
    return state.get() < 0;
  }
}

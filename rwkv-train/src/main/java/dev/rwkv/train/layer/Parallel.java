package dev.rwkv.train.layer;

import dev.rwkv.vector.plan.WorkerTeam;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Does independent pieces of work on all threads. Which thread does which is left to chance, so no
 * piece may depend on it: results are then the same for any number of threads.
 */
public final class Parallel implements AutoCloseable {
  private final WorkerTeam team;
  private final AtomicInteger next = new AtomicInteger();

  /** With this many threads, the caller's among them. */
  public Parallel(int threads) {
    this.team = new WorkerTeam(threads);
  }

  /** Does pieces 0 to {@code count} − 1 and returns when all are done. */
  public void each(int count, IntConsumer piece) {
    next.set(0);
    team.run(worker -> {
      for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
        piece.accept(i);
      }
    });
  }

  @Override
  public void close() {
    team.close();
  }
}

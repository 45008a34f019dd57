package dev.rwkv.cli;

import java.util.function.Consumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * A progress bar on stderr that appears when the work has taken a second, and only on a terminal.
 */
final class Progress implements AutoCloseable {
  private static final long PATIENCE_NANOS = 1_000_000_000;
  private static final int UPDATE_MILLIS = 200;

  private final String task;
  private long total;
  private final String unit;
  private final long startNanos = System.nanoTime();
  private long done;
  private @Nullable ProgressBar bar;

  /**
   * Nothing is shown yet.
   *
   * @param total the amount of work, in {@code unit}
   */
  Progress(String task, long total, String unit) {
    this.task = task;
    this.total = total;
    this.unit = unit;
  }

  /** Nothing is shown yet, and the amount of work is told with the first step. */
  Progress(String task, String unit) {
    this(task, 0, unit);
  }

  /** Runs work that reports the bytes of weights it has written. */
  static void ofBytes(String task, Consumer<dev.rwkv.checkpoint.Progress> work) {
    try (Progress progress = new Progress(task, "MiB")) {
      work.accept((tensor, done, total) -> progress.to(done >> 20, total >> 20));
    }
  }

  void step() {
    to(done + 1);
  }

  void to(long amount, long newTotal) {
    total = newTotal;
    to(amount);
  }

  void to(long amount) {
    done = amount;
    if (bar == null
        && Terminal.isInteractive()
        && System.nanoTime() - startNanos > PATIENCE_NANOS) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(task)
              .setInitialMax(total)
              .setUnit(" " + unit, 1)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(UPDATE_MILLIS)
              // The library's own goes around System.err, to where the launcher does not want it.
              .setConsumer(new ConsoleProgressBarConsumer(System.err))
              .clearDisplayOnFinish()
              .build();
    }
    if (bar != null) {
      bar.stepTo(done);
    }
  }

  /** What is shown behind the bar. */
  void message(String text) {
    if (bar != null) {
      bar.setExtraMessage(" " + text);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}

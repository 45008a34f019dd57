package dev.rwkv.cli;

import dev.rwkv.cli.figure.Figures;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.train.Trainer;
import dev.rwkv.train.TrainingConfig;
import dev.rwkv.train.TrainingListener;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * Shows a training as it goes: on a terminal a bar with loss, speed and time left; in a pipe a line
 * every {@value #LINE_SECONDS} seconds. Validation, samples and files are lines in both. For one
 * thread.
 */
final class TrainingReport implements TrainingListener, AutoCloseable {
  private static final int LINE_SECONDS = 10;
  private static final long BAR_PARTS = 10_000;
  private static final double SMOOTHING = 0.9;

  private final TrainingConfig config;
  private final Trainer trainer;
  private final PrintWriter out;
  private final LossLog log;
  private final boolean interactive = Terminal.isInteractive();
  private final Progress progress = new Progress("training", BAR_PARTS, "‱");
  private final boolean drawing;
  private long lastLine = System.nanoTime();
  private double smoothLoss = Double.NaN;

  TrainingReport(TrainingConfig config, Trainer trainer, PrintWriter out) {
    this.config = config;
    this.trainer = trainer;
    this.out = out;
    this.log = new LossLog(config.output().dir());
    this.drawing = canDraw();
  }

  private boolean canDraw() {
    try {
      Figures.prepare("loss.svg", config.output().dir());
      return true;
    } catch (InvalidArgumentException e) {
      line("no loss.svg: " + e.getMessage());
      return false;
    }
  }

  @Override
  public void begun(long step) {
    log.resume(step);
    if (step > 0) {
      line("goes on after step " + step + " of " + trainer.checkpoint());
    }
    line(
        String.format(
            Locale.ROOT,
            "%,d tokens to learn from, %,d for validation",
            trainer.corpus().trainingTokens(),
            trainer.corpus().validationTokens()));
  }

  @Override
  public void step(Step step) {
    log.step(step.step(), step.learningRate(), step.gradientNorm(), step.loss());
    smoothLoss =
        Double.isNaN(smoothLoss)
            ? step.loss()
            : SMOOTHING * smoothLoss + (1 - SMOOTHING) * step.loss();
    String state =
        String.format(
            Locale.ROOT,
            "step %s, loss %.4f, %,.0f tokens/s, %s left",
            step.steps().isPresent()
                ? step.step() + "/" + step.steps().getAsLong()
                : "" + step.step(),
            smoothLoss,
            step.tokensPerSecond(),
            time(step.secondsLeft()));
    if (interactive) {
      progress.to(Math.round(BAR_PARTS * step.share()));
      progress.message(state);
    } else if (System.nanoTime() - lastLine > LINE_SECONDS * 1_000_000_000L) {
      line(state);
    }
  }

  private static String time(double seconds) {
    Duration left = Duration.ofSeconds(Math.round(seconds));
    return left.toHours() > 0
        ? String.format(Locale.ROOT, "%d:%02d h", left.toHours(), left.toMinutesPart())
        : String.format(Locale.ROOT, "%d:%02d min", left.toMinutesPart(), left.toSecondsPart());
  }

  @Override
  public void validatedWithout(double loss, double bitsPerByte) {
    line(
        String.format(
            Locale.ROOT,
            "without a tuned state: validation loss %.4f nats per token, %.4f bits per byte",
            loss,
            bitsPerByte));
  }

  @Override
  public void validating(int done, int batches) {
    progress.message("validating: " + done + "/" + batches);
  }

  @Override
  public void validated(Validation validation) {
    log.validated(validation.step(), validation.loss());
    line(
        String.format(
            Locale.ROOT,
            "step %d: validation loss %.4f nats per token, %.4f bits per byte%s",
            validation.step(),
            validation.loss(),
            validation.bitsPerByte(),
            validation.best() ? ", the best so far" : ""));
  }

  @Override
  public void sampled(long step, String prompt, String text) {
    line("step " + step + ": sample:");
    line((prompt + Terminal.shown(text)).indent(4).stripTrailing());
  }

  @Override
  public void saving(long step) {
    log.write("Loss of " + config.file().getFileName(), drawing);
  }

  @Override
  public void finished(long step, Path result) {
    line("step " + step + ": done, written: " + result);
  }

  /** The run was told to stop. */
  void stopped() {
    line(
        "stopped after step "
            + trainer.step()
            + ", checkpoint: "
            + trainer.checkpoint()
            + "; the same command goes on from there");
  }

  private void line(String text) {
    lastLine = System.nanoTime();
    if (interactive) {
      System.err.print("\r\u001B[K"); // the bar, which comes back below the line
      System.err.flush();
    }
    out.println(text);
    out.flush();
  }

  @Override
  public void close() {
    progress.close();
  }
}

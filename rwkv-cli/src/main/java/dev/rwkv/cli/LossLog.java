package dev.rwkv.cli;

import dev.rwkv.cli.figure.FigureFile;
import dev.rwkv.cli.figure.LossFigure;
import dev.rwkv.error.CheckpointException;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The losses of a training, as {@code loss.csv} and {@code loss.svg}: a line per step, with the
 * validation loss where there is one.
 *
 * <p>Both are written just before a checkpoint is, as a whole, so that after a resumption they hold
 * what a run without an interruption would have written. For one thread.
 */
final class LossLog {
  private static final String HEADER = "step,learning_rate,gradient_norm,loss,validation_loss";

  private final Path folder;
  private final List<String> lines = new ArrayList<>();
  private final List<Long> steps = new ArrayList<>();
  private final List<Double> losses = new ArrayList<>();
  private final SortedMap<Long, Double> validations = new TreeMap<>();

  /** Begins a log in the folder. */
  LossLog(Path folder) {
    this.folder = folder;
  }

  /** Takes over what an earlier run has logged, up to the step that is gone on from. */
  void resume(long lastStep) {
    if (lastStep > 0 && Files.exists(folder.resolve("loss.csv"))) {
      read(lastStep);
    }
  }

  /** What a run has logged in its folder. */
  static LossLog of(Path folder) {
    LossLog log = new LossLog(folder);
    log.read(Long.MAX_VALUE);
    return log;
  }

  private void read(long lastStep) {
    Path csv = folder.resolve("loss.csv");
    try {
      for (String line : Files.readAllLines(csv)) {
        String[] cells = line.split(",", -1);
        if (!line.equals(HEADER) && cells.length == 5 && Long.parseLong(cells[0]) <= lastStep) {
          step(
              Long.parseLong(cells[0]),
              Double.parseDouble(cells[1]),
              Double.parseDouble(cells[2]),
              Double.parseDouble(cells[3]));
          if (!cells[4].isEmpty()) {
            validated(Long.parseLong(cells[0]), Double.parseDouble(cells[4]));
          }
        }
      }
    } catch (NoSuchFileException e) {
      throw new CheckpointException(csv, "there is no such file: name the folder of a training", e);
    } catch (IOException | NumberFormatException e) {
      throw new CheckpointException(csv, "is not what was logged: remove it (" + e + ")", e);
    }
  }

  void step(long step, double learningRate, double gradientNorm, double loss) {
    lines.add(
        String.format(Locale.ROOT, "%d,%.6g,%.6g,%.6f,", step, learningRate, gradientNorm, loss));
    steps.add(step);
    losses.add(loss);
  }

  /** May say again what was known, as a run does that has nothing left to do. */
  void validated(long step, double loss) {
    validations.put(step, loss);
  }

  private String line(int i) {
    Double validation = validations.get(steps.get(i));
    return lines.get(i)
        + (validation == null ? "" : String.format(Locale.ROOT, "%.6f", validation))
        + "\n";
  }

  /** The curves so far. */
  LossFigure.Run run(String name) {
    return new LossFigure.Run(
        name,
        new LossFigure.Curve(steps, losses),
        new LossFigure.Curve(List.copyOf(validations.keySet()), List.copyOf(validations.values())));
  }

  void write(String title, boolean drawing) {
    Path csv = folder.resolve("loss.csv");
    Path unfinished = folder.resolve("loss.csv.tmp");
    try {
      try (Writer out = Files.newBufferedWriter(unfinished)) {
        out.write(HEADER + "\n");
        for (int i = 0; i < lines.size(); i++) {
          out.write(line(i));
        }
      }
      Files.move(unfinished, csv, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new CheckpointException(csv, "cannot be written: " + e.getMessage(), e);
    }
    if (drawing) {
      FigureFile.of("output.dir", folder.resolve("loss.svg"))
          .write(LossFigure.of(title, List.of(run(""))));
    }
  }
}

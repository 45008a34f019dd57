package dev.rwkv.cli.figure;

import dev.rwkv.cli.bench.Benchmark;
import dev.rwkv.error.InvalidArgumentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the figures of a benchmark into a folder; needs no display. */
public final class Figures {
  private Figures() {}

  /**
   * Makes the folder, and looks whether text can be drawn, before anything is measured for it.
   *
   * @param option the option that names the folder
   * @throws InvalidArgumentException if it cannot be made, or this Java has no fonts
   */
  public static void prepare(String option, Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new InvalidArgumentException(
          option, folder + ": the folder cannot be made: " + e.getMessage());
    }
    if (!Files.isWritable(folder)) {
      throw new InvalidArgumentException(option, folder + ": the folder cannot be written to");
    }
    FigureFile.requireFonts(option);
  }

  /**
   * Writes {@code decode.svg}, {@code time.svg} and {@code memory.svg}, replacing what is there.
   *
   * @param results with at least one long text
   */
  public static void write(Benchmark.Results results, Path folder) {
    Svg.write(DecodeFigure.of(results.measurements()), folder.resolve("decode.svg"));
    Svg.write(TimeFigure.of(results.longTexts()), folder.resolve("time.svg"));
    Svg.write(MemoryFigure.of(results.longTexts().getFirst()), folder.resolve("memory.svg"));
  }
}

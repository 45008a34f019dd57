package dev.rwkv.cli;

import dev.rwkv.cli.figure.FigureFile;
import dev.rwkv.error.InvalidArgumentException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options {@code -o} and {@code --json} of every command that draws. */
final class FigureOption {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE.svg|.png",
      description =
          "The figure to write; default: in this folder, named as the command, with .svg, unless"
              + " there is such a file.")
  @Nullable Path output;

  @Option(
      names = "--json",
      description = "Print a JSON object; draws only if the figure is named with -o.")
  boolean json;

  /** A figure and its name. */
  record Target(Path path, FigureFile file) {}

  /**
   * Where to draw to, if at all: looked at before there is anything to draw.
   *
   * @param standard the name where none was given; such a file is not replaced
   * @param model the model that is being read
   */
  Optional<Target> target(String standard, Path model) {
    if (output == null && json) {
      return Optional.empty();
    }
    Path path = output == null ? Path.of(standard) : output;
    if (output == null && Files.exists(path)) {
      throw new InvalidArgumentException(
          "--output", path + " is there already: name it with -o to replace it, or another file");
    }
    OutputFile.check("--output", path, model);
    return Optional.of(new Target(path, FigureFile.of("--output", path)));
  }
}

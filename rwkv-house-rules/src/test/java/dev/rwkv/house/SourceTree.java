package dev.rwkv.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of the repository. */
final class SourceTree {
  private static final Path ROOT = Path.of(System.getProperty("rwkv.root", ".."));

  private SourceTree() {}

  static Path root() {
    return ROOT;
  }

  /** Our own modules. */
  static List<Path> modules() {
    return projects(ROOT);
  }

  /** Builds that stand for those of others. */
  static List<Path> examples() {
    return projects(ROOT.resolve("docs/examples"));
  }

  private static List<Path> projects(Path folder) {
    try (Stream<Path> children = Files.list(folder)) {
      return children.filter(child -> Files.exists(child.resolve("pom.xml"))).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Path> javaFiles(String below) {
    return javaFiles(modules(), below);
  }

  static List<Path> javaFiles(List<Path> projects, String below) {
    return projects.stream()
        .map(module -> module.resolve(below))
        .filter(Files::isDirectory)
        .flatMap(SourceTree::walk)
        .filter(file -> file.toString().endsWith(".java"))
        .toList();
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Path> walk(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

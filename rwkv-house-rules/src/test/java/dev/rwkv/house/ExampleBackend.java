package dev.rwkv.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** The example of docs/write-a-backend.md, compiled anew with one line changed, as a vendor may. */
final class ExampleBackend {
  private static final Path MAIN =
      SourceTree.root().resolve("docs/examples/plain-backend/src/main");

  private final Path classes;

  private ExampleBackend(Path classes) {
    this.classes = classes;
  }

  /**
   * Compiles it.
   *
   * @param folder where to
   * @param line that must be there once
   * @param changed what it becomes
   */
  static ExampleBackend with(Path folder, String line, String changed) throws IOException {
    Path sources = Files.createDirectories(folder.resolve("sources"));
    Path classes = Files.createDirectories(folder.resolve("classes"));
    List<Path> originals = files(MAIN.resolve("java"));
    assertThat(originals.stream().filter(file -> SourceTree.read(file).contains(line)))
        .as("files with the line '%s'", line)
        .hasSize(1);
    for (Path original : originals) {
      Files.writeString(
          sources.resolve(original.getFileName()),
          SourceTree.read(original).replace(line, changed));
    }
    List<String> arguments =
        Stream.concat(
                Stream.of("-proc:none", "-d", classes.toString(), "-cp", classPath()),
                files(sources).stream().map(Path::toString))
            .toList();
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, arguments.toArray(String[]::new)))
        .as("exit code of the compiler")
        .isZero();
    for (Path service : files(MAIN.resolve("resources"))) {
      Path copy = classes.resolve(MAIN.resolve("resources").relativize(service));
      Files.createDirectories(Optional.ofNullable(copy.getParent()).orElseThrow());
      Files.copy(service, copy);
    }
    return new ExampleBackend(classes);
  }

  /** What {@code rwkv certify} says about one requirement, with its exit code as the last line. */
  String certify(String requirement) throws IOException, InterruptedException {
    Path output = classes.resolveSibling("output.txt");
    int code =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                classPath() + File.pathSeparator + classes,
                "dev.rwkv.cli.Main",
                "certify",
                "--backend",
                "plain",
                "--tier",
                "quick",
                "--only",
                requirement)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start()
            .waitFor();
    return Files.readString(output, StandardCharsets.UTF_8) + "exit code " + code;
  }

  // The example itself must not be there twice.
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.contains("plain-backend"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}

package dev.rwkv.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** The example of docs/write-a-backend.md, compiled anew in another way, as a vendor may. */
final class ExampleBackend {
  private static final Path MAIN =
      SourceTree.root().resolve("docs/examples/plain-backend/src/main");

  private final Path classes;
  private final List<String> launch;

  private ExampleBackend(Path classes, List<String> launch) {
    this.classes = classes;
    this.launch = launch;
  }

  /**
   * Compiles it with one line changed.
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
    compile(classes, files(sources), "-cp");
    for (Path service : files(MAIN.resolve("resources"))) {
      Path copy = classes.resolve(MAIN.resolve("resources").relativize(service));
      Files.createDirectories(Optional.ofNullable(copy.getParent()).orElseThrow());
      Files.copy(service, copy);
    }
    return new ExampleBackend(
        classes, List.of("-cp", classPath() + File.pathSeparator + classes, "dev.rwkv.cli.Main"));
  }

  /**
   * Compiles it as a module that nothing but its descriptor registers.
   *
   * @param folder where to
   * @param descriptor the text of {@code module-info.java}
   */
  static ExampleBackend asModule(Path folder, String descriptor) throws IOException {
    Path classes = Files.createDirectories(folder.resolve("classes"));
    Path moduleInfo = Files.writeString(folder.resolve("module-info.java"), descriptor);
    List<Path> sources = new ArrayList<>(files(MAIN.resolve("java")));
    sources.add(moduleInfo);
    compile(classes, sources, "-p");
    return new ExampleBackend(
        classes,
        List.of(
            "-p",
            classPath() + File.pathSeparator + classes,
            "--add-modules",
            "com.example.plain",
            "-m",
            "dev.rwkv.cli/dev.rwkv.cli.Main"));
  }

  private static void compile(Path classes, List<Path> sources, String kindOfPath) {
    List<String> arguments =
        Stream.concat(
                Stream.of("-proc:none", "-d", classes.toString(), kindOfPath, classPath()),
                sources.stream().map(Path::toString))
            .toList();
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, arguments.toArray(String[]::new)))
        .as("exit code of the compiler")
        .isZero();
  }

  /**
   * What {@code rwkv certify} says about one requirement, with its exit code as the last line.
   *
   * @param backend its name, or its provider's class
   */
  String certify(String backend, String requirement) throws IOException, InterruptedException {
    Path output = classes.resolveSibling("output.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    command.addAll(launch);
    command.addAll(
        List.of("certify", "--backend", backend, "--tier", "quick", "--only", requirement));
    int code =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start()
            .waitFor();
    return Files.readString(output, StandardCharsets.UTF_8) + "exit code " + code;
  }

  // The example itself must not be there twice.
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.contains("plain-backend") && !entry.endsWith("test-classes"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}

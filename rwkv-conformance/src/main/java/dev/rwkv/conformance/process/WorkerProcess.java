package dev.rwkv.conformance.process;

import dev.rwkv.conformance.report.ReportFiles;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A JVM that runs a {@link Worker}, with limits, in a folder of its own. */
final class WorkerProcess {
  private static final int MOST_OUTPUT = 400;

  // How a JVM that crashes begins to speak, on standard output whatever it is told.
  private static final String CRASH = "#\n# A fatal error has been detected";

  private final Path folder;
  private final Process process;

  /** Starts it. */
  WorkerProcess(Path folder, RunPlan plan) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder);
    Path planFile = folder.resolve("plan.json");
    Files.writeString(planFile, ReportFiles.mapper().writeValueAsString(plan));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(inherited());
    command.addAll(
        List.of(
            "-Xmx1g",
            "-XX:MaxDirectMemorySize=1g",
            "-XX:+UseSerialGC",
            // Threads that end are then the backend's, see RWKV-DEV-002.
            "-XX:-UseDynamicNumberOfCompilerThreads",
            "-XX:-CreateCoredumpOnCrash",
            // The JVM's own words must not look like the backend's.
            "-XX:+DisplayVMOutputToStderr",
            "-XX:ErrorFile=" + crashLog(),
            "-cp",
            classPath(),
            Worker.class.getName(),
            planFile.toString(),
            journal().toString()));
    process =
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve("stdout.txt").toFile())
            .redirectError(folder.resolve("stderr.txt").toFile())
            .start();
    process.getOutputStream().close();
  }

  // Modules, native access and the vendor's own properties; not limits, agents or debuggers.
  private static List<String> inherited() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("--") || option.startsWith("-D"))
        .toList();
  }

  // From the module path as well: services are found in META-INF/services there.
  private static String classPath() {
    return String.join(
        File.pathSeparator,
        Stream.of("java.class.path", "jdk.module.path")
            .map(System::getProperty)
            .filter(Objects::nonNull)
            .filter(path -> !path.isEmpty())
            .toList());
  }

  Path journal() {
    return folder.resolve("journal.jsonl");
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for its end; how it ended is {@link #exitCode}. */
  void await(long millis) throws InterruptedException {
    process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  /** Ends it at once. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Whether the JVM left a log of a crash. */
  boolean crashed() {
    return Files.exists(crashLog());
  }

  private Path crashLog() {
    return folder.resolve("crash.log");
  }

  int exitCode() {
    return process.exitValue();
  }

  /** What it wrote to standard output, at most the beginning; empty if nothing. */
  String output() throws IOException {
    String written = beginning(folder.resolve("stdout.txt"));
    int crash = crashed() ? written.indexOf(CRASH) : -1;
    return crash >= 0 ? written.substring(0, crash) : written;
  }

  /** What is known about its end, to be shown beneath a failure. */
  String lastWords() throws IOException {
    return crashed() ? beginning(crashLog()) : beginning(folder.resolve("stderr.txt"));
  }

  private static String beginning(Path file) throws IOException {
    String text = Files.exists(file) ? Files.readString(file) : "";
    return text.length() > MOST_OUTPUT ? text.substring(0, MOST_OUTPUT) + "…" : text;
  }
}

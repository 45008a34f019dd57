package dev.rwkv.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark runs, with the smallest of its parameters; how fast is not tested. */
class BenchmarksRunTest {
  @TempDir Path folder;

  @Test
  void everyBenchmarkRunsInEveryFormat() throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .forks(0)
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(1))
                    .param("bits", "128")
                    .param("mebibytes", "0.5")
                    .param("channels", "3072")
                    .param("tokens", "8")
                    .param("share", "0.5")
                    .param("width", "16")
                    .param("length", "16")
                    .shouldFailOnError(true)
                    .output(folder.resolve("jmh.log").toString())
                    .build())
            .run();
    Set<String> run = new TreeSet<>();
    results.forEach(result -> run.add(result.getParams().getBenchmark()));
    assertThat(run).isEqualTo(declared());
    assertThat(results)
        .allSatisfy(result -> assertThat(result.getPrimaryResult().getScore()).isPositive());
    // Eight formats each.
    assertThat(results).filteredOn(result -> isOf(result, "PanelBenchmark")).hasSize(8);
    assertThat(results).filteredOn(result -> isOf(result, "TileBenchmark")).hasSize(8);
  }

  @Test
  void everyKernelIsMeasured() throws IOException {
    Path root = Path.of(System.getProperty("rwkv.root"));
    StringBuilder benchmarks = new StringBuilder();
    for (Path file : javaFiles(root.resolve("rwkv-benchmarks/src/main/java"))) {
      benchmarks.append(Files.readString(file));
    }
    List<Path> kernels =
        javaFiles(root.resolve("rwkv-backend-vector/src/main/java/dev/rwkv/vector/kernel")).stream()
            .filter(file -> file.toString().endsWith("Kernel.java"))
            .toList();
    assertThat(kernels).hasSizeGreaterThan(8);
    assertThat(kernels)
        .allSatisfy(file ->
            assertThat(benchmarks)
                .as("%s has a benchmark that links to it", file.getFileName())
                .containsPattern(
                    "link[^}]*\\b" + file.getFileName().toString().replace(".java", "") + "}"));
  }

  private static List<Path> javaFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  private static boolean isOf(RunResult result, String benchmark) {
    return result.getParams().getBenchmark().contains("." + benchmark + ".");
  }

  // What JMH's list says, checked against the methods that bear the annotation.
  private static Set<String> declared() {
    Set<String> listed = new TreeSet<>();
    for (BenchmarkListEntry entry :
        BenchmarkList.defaultList()
            .getAll(
                OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                List.of())) {
      listed.add(entry.getUsername());
      assertThat(isAnnotated(entry.getUsername())).as(entry.getUsername()).isTrue();
    }
    assertThat(listed).hasSizeGreaterThan(10);
    return listed;
  }

  private static boolean isAnnotated(String benchmark) {
    int dot = benchmark.lastIndexOf('.');
    try {
      return Arrays.stream(Class.forName(benchmark.substring(0, dot)).getMethods())
          .filter(method -> method.getName().equals(benchmark.substring(dot + 1)))
          .anyMatch((Method method) -> method.isAnnotationPresent(Benchmark.class));
    } catch (ClassNotFoundException e) {
      throw new AssertionError(benchmark, e);
    }
  }
}

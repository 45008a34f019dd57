package dev.rwkv.conformance.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The machine that a run took place on. What only Linux says is {@value #UNKNOWN} elsewhere.
 *
 * @param jdk version and vendor
 * @param os name, version, architecture
 * @param cpu the processor's name
 * @param processors as many as Java sees
 * @param vectors the processor's vector instructions, for example {@code avx avx2 avx512f}
 * @param gpuDriver the driver of NVIDIA GPUs, or {@code none}
 */
public record Environment(
    String jdk, String os, String cpu, int processors, String vectors, String gpuDriver) {
  private static final String UNKNOWN = "unknown";
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final Path GPU_DRIVER = Path.of("/proc/driver/nvidia/version");
  private static final Set<String> VECTORS =
      Set.of("sse4_2", "avx", "avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16", "asimd", "sve");

  /** This machine. */
  public static Environment here() {
    List<String> cpu = lines(CPU_INFO);
    return new Environment(
        Runtime.version() + " " + System.getProperty("java.vendor"),
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch"),
        value(cpu, "model name").orElse(UNKNOWN),
        Runtime.getRuntime().availableProcessors(),
        Stream.of("flags", "Features")
            .flatMap(name -> value(cpu, name).stream())
            .map(Environment::vectorInstructions)
            .findFirst()
            .orElse(UNKNOWN),
        lines(GPU_DRIVER).stream()
            .findFirst()
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .orElse("none"));
  }

  private static String vectorInstructions(String flags) {
    return Arrays.stream(flags.split(" "))
        .filter(VECTORS::contains)
        .distinct()
        .collect(Collectors.joining(" "));
  }

  private static Optional<String> value(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      return List.of(); // it says less than elsewhere, and that is all
    }
  }
}

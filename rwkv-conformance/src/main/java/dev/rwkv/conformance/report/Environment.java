package dev.rwkv.conformance.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The machine that a run took place on.
 *
 * @param jdk version and vendor
 * @param os name, version, architecture
 * @param cpu the processor's name, if it is known
 * @param processors as many as Java sees
 */
public record Environment(String jdk, String os, String cpu, int processors) {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** This machine. */
  public static Environment here() {
    return new Environment(
        Runtime.version() + " " + System.getProperty("java.vendor"),
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch"),
        cpuName(),
        Runtime.getRuntime().availableProcessors());
  }

  private static String cpuName() {
    try {
      return Files.readAllLines(CPU_INFO).stream()
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown"; // only Linux has the file
    }
  }
}

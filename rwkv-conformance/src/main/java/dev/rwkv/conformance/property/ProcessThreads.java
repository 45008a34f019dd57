package dev.rwkv.conformance.property;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * All threads of this process with their processor time, as Linux counts it, at one moment. Those
 * that native code has started are told from those of the JVM, its compilers and collectors
 * included, by a thread dump, which names all of the latter. Immutable.
 *
 * @param tasks by the number that the system gives a thread
 * @param ofTheJvm the numbers of those that a thread dump names
 * @param processNanosBefore processor time of the whole process, with what has ended, before the
 *     threads were looked at
 * @param processNanosAfter the same afterwards
 */
record ProcessThreads(
    Map<Long, Task> tasks, Set<Long> ofTheJvm, long processNanosBefore, long processNanosAfter) {
  /** What a report says where nothing can be seen. */
  static final String UNSEEN =
      "threads of native code were not looked for: system and JVM do not tell them apart here";

  private static final Path TASKS = Path.of("/proc/self/task");
  private static final Path SELF = Path.of("/proc/self/stat");
  private static final long PROCESS = ProcessHandle.current().pid();
  private static final Pattern DUMPED = Pattern.compile(" tid=0x[0-9a-f]+ nid=([0-9]+) ");
  // Of the JVM, and in no dump.
  private static final String FLIGHT_RECORDER = "JFR ";

  ProcessThreads {
    tasks = Map.copyOf(tasks);
    ofTheJvm = Set.copyOf(ofTheJvm);
  }

  /**
   * A thread.
   *
   * @param name the first 15 characters
   * @param nanos of processor time
   */
  record Task(String name, long nanos) {}

  /** Looks; empty where system and JVM do not tell. */
  static Optional<ProcessThreads> now() {
    try {
      // Who has the /proc of another container finds other numbers there.
      if (!Files.readString(SELF).startsWith(PROCESS + " ")) {
        return Optional.empty();
      }
      long before = processNanos();
      // A thread of the JVM that comes or goes meanwhile is in one of the two dumps.
      Set<Long> jvm = new HashSet<>(dumped());
      Map<Long, Task> tasks = read();
      jvm.addAll(dumped());
      boolean told = !jvm.isEmpty() && tasks.values().stream().anyMatch(task -> task.nanos() > 0);
      return told
          ? Optional.of(new ProcessThreads(tasks, jvm, before, processNanos()))
          : Optional.empty();
    } catch (IOException | JMException e) {
      return Optional.empty();
    }
  }

  /** Whether the JVM may end threads of its own, which then look like those of native code. */
  static boolean jvmThreadsEnd() {
    HotSpotDiagnosticMXBean jvm =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    return jvm == null
        || !jvm.getVMOption("UseDynamicNumberOfCompilerThreads").getValue().equals("false");
  }

  /** Those that native code has started. */
  Map<Long, Task> ofNativeCode() {
    // The launcher's own thread waits for the one that it has started.
    return tasks.entrySet().stream()
        .filter(task -> !ofTheJvm.contains(task.getKey()) && task.getKey() != PROCESS)
        .filter(task -> !task.getValue().name().startsWith(FLIGHT_RECORDER))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** How long a thread had worked; 0 if it was not there. */
  long nanos(long id) {
    Task task = tasks.get(id);
    return task == null ? 0 : task.nanos();
  }

  private static Map<Long, Task> read() throws IOException {
    Map<Long, Task> tasks = new HashMap<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(TASKS)) {
      for (Path task : all) {
        try {
          String time = Files.readString(task.resolve("schedstat"));
          tasks.put(
              Long.valueOf(String.valueOf(task.getFileName())),
              new Task(
                  Files.readString(task.resolve("comm")).strip(),
                  Long.parseLong(time.substring(0, time.indexOf(' ')))));
        } catch (IOException e) {
          // It has ended in between; where the system does not tell, it is so for all of them.
        }
      }
    }
    return tasks;
  }

  /** Processor time of the process, with what has ended, in ticks of 10 ms. */
  static long processNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static Set<Long> dumped() throws JMException {
    Object dump =
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "threadPrint",
                new Object[] {new String[] {}},
                new String[] {String[].class.getName()});
    return DUMPED
        .matcher(String.valueOf(dump))
        .results()
        .map(found -> Long.valueOf(found.group(1)))
        .collect(Collectors.toSet());
  }
}

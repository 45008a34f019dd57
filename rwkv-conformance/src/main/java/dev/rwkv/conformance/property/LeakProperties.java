package dev.rwkv.conformance.property;

import com.sun.management.OperatingSystemMXBean;
import dev.rwkv.Device;
import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.conformance.generator.ModelCase;
import dev.rwkv.conformance.report.Recorder;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Violation;
import dev.rwkv.spi.BackendProvider;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalLong;
import net.jqwik.api.Example;

/** What is taken is given back, on the heap, beside it, and on a device. */
class LeakProperties {
  private static final int ROUNDS = 5;
  private static final int LOADS = 15;
  private static final ModelCase HEAVY = ModelCase.of(1, 192, 512, 256, 3);
  private static final long HEAVY_BYTES = 4L * (5 * 192 * 192 + 2 * 192 * 512 + 2 * 192 * 256);
  // In all rounds more than an allocator reserves at once.
  private static final int USES = 250;
  private static final int VOCABULARY = 16_384;
  private static final ModelCase TALKATIVE = ModelCase.of(1, 2, 4, VOCABULARY, 3);
  private static final long LOGITS_BYTES = 4L * VOCABULARY;
  private static final ModelCase RETENTIVE = ModelCase.of(24, 137, 1, 5, 3);
  private static final long STATE_BYTES = 4L * 5 * 24 * 137;

  @Verifies("RWKV-RES-006")
  @Example
  void loadingAndClosingDoesNotGrowTheProcess(Subject subject, Recorder recorder)
      throws IOException {
    load(subject, LOADS / 2);
    noteUnseen(subject, recorder);
    Growth growth = Growth.of(subject.provider(), () -> load(subject, LOADS));
    growth.require(
        LOADS * HEAVY_BYTES / 2,
        "%d times loading and closing a model of %d KiB".formatted(LOADS, HEAVY_BYTES >> 10));
  }

  private static void load(Subject subject, int times) {
    for (int i = 0; i < times; i++) {
      Checkpoint checkpoint = HEAVY.open();
      try (Model model = subject.provider().load(checkpoint, LoadOptions.defaults());
          Session session = model.newSession()) {
        session.step(1);
      }
    }
  }

  @Verifies("RWKV-RES-008")
  @Example
  void usingAModelDoesNotGrowTheProcess(Subject subject, Recorder recorder) throws IOException {
    try (LoadedModel model = subject.load(TALKATIVE);
        Session session = model.newSession()) {
      use(model, session, USES / 2);
      noteUnseen(subject, recorder);
      Growth growth = Growth.of(subject.provider(), () -> use(model, session, USES));
      growth.require(
          USES * LOGITS_BYTES / 2,
          "%d steps, spans, forks and sessions of a model with %d KiB of logits"
              .formatted(USES, LOGITS_BYTES >> 10));
    }
  }

  private static void use(LoadedModel model, Session session, int times) {
    for (int i = 0; i < times; i++) {
      session.step(i % VOCABULARY);
      session.prefill(i % VOCABULARY, 2);
      try (Session fork = session.fork();
          Session other = model.newSession()) {
        fork.step(3);
        other.step(4);
      }
    }
  }

  @Verifies("RWKV-RES-008")
  @Example
  void statesDoNotGrowTheProcess(Subject subject, Recorder recorder) throws IOException {
    Checkpoint checkpoint = RETENTIVE.open();
    try (Model model = subject.provider().load(checkpoint, LoadOptions.defaults());
        Session session = model.newSession()) {
      moveStates(model, session, USES / 10);
      noteUnseen(subject, recorder);
      Growth growth = Growth.of(subject.provider(), () -> moveStates(model, session, USES));
      growth.require(
          USES * STATE_BYTES / 2,
          "%d forks, sessions, snapshots and restored states of %d KiB"
              .formatted(USES, STATE_BYTES >> 10));
    }
  }

  // Without steps, which would take ten times as long. A fork that shares its state until
  // that changes gets one of its own by the restoring.
  private static void moveStates(Model model, Session session, int times) {
    for (int i = 0; i < times; i++) {
      State saved = session.snapshot();
      try (Session fork = session.fork()) {
        fork.restore(saved);
      }
      model.newSession().close();
    }
  }

  private static void noteUnseen(Subject subject, Recorder recorder) {
    if (deviceBytes(subject.provider()).isEmpty()
        && subject.device().filter(device -> device.kind() != Device.Kind.CPU).isPresent()) {
      recorder.note("the device's memory was not looked at: deviceBytesInUse() does not tell");
    }
  }

  private static OptionalLong deviceBytes(BackendProvider backend) {
    OptionalLong bytes;
    try {
      bytes = backend.deviceBytesInUse();
    } catch (RuntimeException | LinkageError | AssertionError e) {
      throw new Violation("deviceBytesInUse() must not throw, but threw " + e, e);
    }
    Violation.unless(
        bytes.orElse(0) >= 0, "deviceBytesInUse() must not be negative, but is " + bytes);
    return bytes;
  }

  /**
   * Bytes by which the process grows.
   *
   * @param heap after collection
   * @param besides the heap
   * @param device on devices, as far as the backend tells
   */
  private record Growth(long heap, long besides, long device) {

    // What leaks does so every time. In between the heap touches pages or gives some back, but not
    // in most rounds: so the median counts. What is mapped grows whenever an allocator reserves, by
    // 64 MiB at once, and never by a page that is touched: of both measures the smaller counts.
    static Growth of(BackendProvider backend, Runnable work) throws IOException {
      long[] heap = new long[ROUNDS];
      long[] resident = new long[ROUNDS];
      long[] device = new long[ROUNDS];
      System.gc();
      long mapped = mappedBytes();
      for (int i = 0; i < ROUNDS; i++) {
        long heapBefore = heapBytes();
        long residentBefore = residentBesidesTheHeap();
        OptionalLong deviceBefore = deviceBytes(backend);
        work.run();
        System.gc();
        OptionalLong deviceAfter = deviceBytes(backend);
        Violation.unless(
            deviceBefore.isPresent() == deviceAfter.isPresent(),
            "deviceBytesInUse() must tell always or never after the first load, but was %s and %s"
                .formatted(deviceBefore, deviceAfter));
        device[i] = deviceAfter.orElse(0) - deviceBefore.orElse(0);
        heap[i] = heapBytes() - heapBefore;
        resident[i] = residentBesidesTheHeap() - residentBefore;
      }
      long mappedEachTime = (mappedBytes() - mapped) / ROUNDS;
      return new Growth(median(heap), Math.min(median(resident), mappedEachTime), median(device));
    }

    private static long median(long[] values) {
      return Arrays.stream(values).sorted().skip(values.length / 2).findFirst().orElseThrow();
    }

    void require(long less, String what) {
      Violation.unless(device < less, "%s left %d KiB on the device".formatted(what, device >> 10));
      Violation.unless(
          besides < less, "%s added %d KiB to the process".formatted(what, besides >> 10));
      Violation.unless(heap < less, "%s left %d KiB on the heap".formatted(what, heap >> 10));
    }
  }

  private static long heapBytes() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  // What the heap gives back in a busy process would hide what leaks.
  private static long residentBesidesTheHeap() throws IOException {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    return residentBytes() - memory.getHeapMemoryUsage().getCommitted();
  }

  private static long mappedBytes() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getCommittedVirtualMemorySize();
  }

  // Where there is no such file, what is mapped has to do.
  private static long residentBytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return mappedBytes();
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
        .findFirst()
        .orElseGet(LeakProperties::mappedBytes);
  }
}

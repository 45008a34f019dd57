package dev.rwkv.vector.plan;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Memory for weights, in huge pages where the system has them.
 *
 * <p>A step reads all weights once, from first to last. With pages of 4 KiB the processor looks up
 * an address for each, and its prefetchers begin anew: measured, two threads read half as much
 * again with pages of 2 MiB. On Linux the memory is mapped and the kernel asked for such pages
 * before they are touched, which needs native access for this module ({@code
 * --enable-native-access=dev.rwkv.vector}, or {@code ALL-UNNAMED} on the class path). Without it,
 * on other systems, and for small models, weights are where the arena puts them.
 */
@SuppressWarnings("restricted") // used only where native access is enabled
public final class WeightMemory {
  /** Bytes that weights are aligned to: a vector of any width. */
  public static final long ALIGNMENT = 64;

  private static final long HUGE_PAGE = 2L << 20;
  // Less than this is in the caches anyway.
  private static final long WORTH_IT = 8 * HUGE_PAGE;

  private static final int READ_AND_WRITE = 1 | 2; // PROT_READ | PROT_WRITE
  private static final int PRIVATE_AND_ANONYMOUS = 0x02 | 0x20; // MAP_PRIVATE | MAP_ANONYMOUS
  private static final int HUGE_PAGES_WANTED = 14; // MADV_HUGEPAGE

  private WeightMemory() {}

  /** The three functions of the C library. */
  private record Mapping(MethodHandle map, MethodHandle advise, MethodHandle unmap) {
    static final Optional<Mapping> AVAILABLE = find();

    private static Optional<Mapping> find() {
      if (!System.getProperty("os.name").equals("Linux")
          || !WeightMemory.class.getModule().isNativeAccessEnabled()) {
        return Optional.empty();
      }
      Linker linker = Linker.nativeLinker();
      SymbolLookup library = linker.defaultLookup();
      Optional<MemorySegment> map = library.find("mmap");
      Optional<MemorySegment> advise = library.find("madvise");
      Optional<MemorySegment> unmap = library.find("munmap");
      if (map.isEmpty() || advise.isEmpty() || unmap.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(
          new Mapping(
              linker.downcallHandle(
                  map.get(),
                  FunctionDescriptor.of(
                      ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG)),
              linker.downcallHandle(
                  advise.get(), FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT)),
              linker.downcallHandle(
                  unmap.get(), FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG))));
    }
  }

  /**
   * Memory that is cleared, aligned to {@value #ALIGNMENT} bytes, and freed with the arena; empty
   * if this is not possible here or not worth it.
   */
  public static Optional<MemorySegment> mapped(long bytes, Arena arena) {
    if (bytes < WORTH_IT || Mapping.AVAILABLE.isEmpty()) {
      return Optional.empty();
    }
    Mapping functions = Mapping.AVAILABLE.get();
    long length = bytes + HUGE_PAGE; // a huge page begins somewhere in the first
    MemorySegment start;
    try {
      start =
          (MemorySegment)
              functions.map.invokeExact(
                  MemorySegment.NULL, length, READ_AND_WRITE, PRIVATE_AND_ANONYMOUS, -1, 0L);
      if (start.address() == -1L) {
        return Optional.empty();
      }
      // If it is refused, the pages are small ones.
      int ignored = (int) functions.advise.invokeExact(start, length, HUGE_PAGES_WANTED);
    } catch (Throwable e) {
      throw new AssertionError("the linker calls a C function without exceptions", e);
    }
    MemorySegment whole =
        start.reinterpret(length, arena, segment -> unmap(functions, segment, length));
    long gap = -start.address() & (HUGE_PAGE - 1);
    return Optional.of(whole.asSlice(gap, bytes));
  }

  private static void unmap(Mapping functions, MemorySegment segment, long length) {
    try {
      int ignored = (int) functions.unmap.invokeExact(segment, length);
    } catch (Throwable e) {
      throw new AssertionError("the linker calls a C function without exceptions", e);
    }
  }
}

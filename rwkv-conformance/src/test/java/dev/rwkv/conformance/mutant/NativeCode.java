package dev.rwkv.conformance.mutant;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Memory, the C library, and threads that run its functions: no JVM knows of them. */
final class NativeCode {
  private NativeCode() {}

  /** Takes memory and never frees it. */
  static void lose(long bytes) {
    Arena.global().allocate(bytes).fill((byte) 1);
  }

  private static MemorySegment address(String name) {
    return Linker.nativeLinker().defaultLookup().findOrThrow(name);
  }

  // A foreign function is what this is about.
  @SuppressWarnings("restricted")
  private static MethodHandle function(String name, FunctionDescriptor type) {
    return Linker.nativeLinker().downcallHandle(address(name), type);
  }

  /** Calls a function of the C library that gives an int. */
  static int call(String name, FunctionDescriptor type, Object... arguments) {
    try {
      return (int) function(name, type).invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new LinkageError(name, e);
    }
  }

  /** Calls a function of the C library that takes a pointer and gives an int. */
  static int call(String name, MemorySegment argument) {
    return call(name, FunctionDescriptor.of(JAVA_INT, ADDRESS), argument);
  }

  /** Starts a thread that calls a function of the C library with a pointer. */
  static long start(String function, MemorySegment argument) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment thread = arena.allocate(JAVA_LONG);
      call(
          "pthread_create",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS),
          thread,
          MemorySegment.NULL,
          address(function),
          argument);
      return thread.get(JAVA_LONG, 0);
    }
  }

  /** Waits for its end. */
  static void join(long thread) {
    call(
        "pthread_join",
        FunctionDescriptor.of(JAVA_INT, JAVA_LONG, ADDRESS),
        thread,
        MemorySegment.NULL);
  }
}

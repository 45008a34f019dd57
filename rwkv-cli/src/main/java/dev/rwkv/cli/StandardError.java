package dev.rwkv.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Constructor;

/**
 * Gives {@link System#err} back the stream that the launcher kept from the JVM.
 *
 * <p>The Vector API is an incubator module, and the JVM says so on stderr at every start; there is
 * no switch for it. So the launcher starts the JVM with stderr in a file and the real one as
 * another descriptor, which has to be used as it is: opened by a name it would be truncated, or
 * lose its place among what stdout writes to the same file.
 */
final class StandardError {
  private static final String DESCRIPTOR = "rwkv.stderr";

  private StandardError() {}

  static void restore() {
    Integer descriptor = Integer.getInteger(DESCRIPTOR);
    if (descriptor == null) {
      return;
    }
    try {
      Constructor<FileDescriptor> constructor =
          FileDescriptor.class.getDeclaredConstructor(int.class);
      constructor.setAccessible(true);
      FileDescriptor real = constructor.newInstance(descriptor);
      System.setErr(new PrintStream(new FileOutputStream(real), true, System.err.charset()));
    } catch (ReflectiveOperationException | RuntimeException e) {
      System.err.println("stderr stays in the launcher's file: " + e);
    }
  }
}

package dev.rwkv.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine;

/** Starts the command and ends the JVM with its exit code. */
public final class Main {
  private Main() {}

  /** Runs the command line {@code args}. */
  public static void main(String[] args) {
    StandardError.restore();
    System.exit(run(args));
  }

  private static int run(String[] args) {
    StandardOutput stdout = new StandardOutput();
    // UTF-8 whatever the locale says: what is generated must survive a pipe.
    PrintWriter out = new PrintWriter(new OutputStreamWriter(stdout, UTF_8));
    CommandLine command = RwkvCommand.commandLine(args);
    command.setOut(out);
    int exitCode;
    try {
      exitCode = command.execute(args);
    } catch (OutOfMemoryError e) {
      System.err.println(
          "error: out of memory ("
              + e.getMessage()
              + "): give Java more with RWKV_JAVA_OPTS=-Xmx8g");
      return ErrorReport.FAILED;
    } catch (InternalError e) {
      // How the JVM reports that a mapped file lost its pages.
      System.err.println(
          "error: a file changed or was cut off while it was being read (" + e.getMessage() + ")");
      return ErrorReport.FAILED;
    }
    out.flush();
    Optional<String> lost = stdout.failure();
    if (exitCode == 0 && lost.isPresent()) {
      System.err.println("error: (stdout): not everything could be written: " + lost.get());
      return ErrorReport.FAILED;
    }
    return exitCode;
  }
}

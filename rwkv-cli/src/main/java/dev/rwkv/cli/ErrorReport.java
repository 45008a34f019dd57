package dev.rwkv.cli;

import dev.rwkv.error.RwkvException;
import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns every failure into one line on stderr and an exit code. */
final class ErrorReport
    implements CommandLine.IParameterExceptionHandler, CommandLine.IExecutionExceptionHandler {
  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;

  private final RwkvCommand root;

  ErrorReport(RwkvCommand root) {
    this.root = root;
  }

  @Override
  public int handleParseException(ParameterException wrong, String[] args) {
    CommandLine command = wrong.getCommandLine();
    PrintWriter err = command.getErr();
    // picocli begins some of its messages with the same word.
    err.println("error: " + oneLine(wrong.getMessage()).replaceFirst("^Error: ", ""));
    UnmatchedArgumentException.printSuggestions(wrong, err);
    if (wrong instanceof MissingCommandException) {
      command.usage(err);
      err.flush();
      return WRONG_USAGE;
    }
    err.println("see " + command.getCommandSpec().qualifiedName() + " --help");
    trace(wrong, err);
    return WRONG_USAGE;
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine command, ParseResult parseResult) {
    PrintWriter err = command.getErr();
    if (failure instanceof RwkvException) {
      err.println("error: " + oneLine(failure.getMessage()));
    } else {
      err.println(
          "error: this should not happen, please report it with what --debug prints: "
              + oneLine(failure.toString()));
    }
    trace(failure, err);
    return FAILED;
  }

  /** A command that only has subcommands was given none. */
  static final class MissingCommandException extends ParameterException {
    MissingCommandException(@Nullable CommandSpec spec) {
      super(Objects.requireNonNull(spec).commandLine(), "no command given");
    }
  }

  private void trace(Exception failure, PrintWriter err) {
    if (root.debug) {
      failure.printStackTrace(err);
    }
    err.flush();
  }

  private static String oneLine(@Nullable String message) {
    return String.valueOf(message).replaceAll("\\s*\\R\\s*", " ");
  }
}

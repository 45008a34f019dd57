package dev.rwkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/**
 * One run of the command line inside the test.
 *
 * @param exitCode what the process would have ended with
 * @param out what was printed to stdout
 * @param err what was printed to stderr
 */
record Run(int exitCode, String out, String err) {

  static Run of(Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      words[i] = args[i].toString();
    }
    CommandLine command = RwkvCommand.commandLine(words);
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    int exitCode = command.execute(words);
    return new Run(exitCode, out.toString(), err.toString());
  }

  Run succeeds() {
    assertThat(exitCode).as("exit code; stderr: %s", err).isZero();
    return this;
  }

  /** It could not be done: exit code 1 and one line that holds all of {@code mentions}. */
  Run fails(CharSequence... mentions) {
    assertThat(exitCode).as("exit code; stdout: %s; stderr: %s", out, err).isEqualTo(1);
    assertThat(err.lines().toList()).as("one line on stderr").hasSize(1);
    assertThat(err).startsWith("error: ").doesNotContain("should not happen");
    mentioned(mentions);
    return this;
  }

  /** The command line was wrong: exit code 2. */
  Run isWrongUsage(CharSequence... mentions) {
    assertThat(exitCode).as("exit code; stdout: %s; stderr: %s", out, err).isEqualTo(2);
    assertThat(err).startsWith("error: ").containsAnyOf("--help", "Usage:");
    mentioned(mentions);
    return this;
  }

  private void mentioned(CharSequence... mentions) {
    for (CharSequence mention : mentions) {
      assertThat(err).contains(mention);
    }
  }
}

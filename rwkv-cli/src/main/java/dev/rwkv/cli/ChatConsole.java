package dev.rwkv.cli;

import dev.rwkv.error.RwkvException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Where the lines of a conversation come from: a terminal with editing and a history, or a pipe.
 */
abstract class ChatConsole implements AutoCloseable {

  /**
   * A terminal if there is one, otherwise stdin.
   *
   * @param interrupt is called when Ctrl-C is pressed while no line is being read
   */
  static ChatConsole open(String prompt, Runnable interrupt) {
    return Terminal.isInteractive() ? new Interactive(prompt, interrupt) : new Piped();
  }

  /** The next line, or null at the end. */
  abstract @Nullable String readLine();

  @Override
  public abstract void close();

  /** Lines of stdin. */
  private static final class Piped extends ChatConsole {
    private final BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

    @Override
    @Nullable String readLine() {
      try {
        return in.readLine();
      } catch (IOException e) {
        throw new RwkvException("(stdin): cannot be read: " + e.getMessage(), e);
      }
    }

    @Override
    public void close() {
      // stdin is not ours to close
    }
  }

  /** A terminal. */
  private static final class Interactive extends ChatConsole {
    private final String prompt;
    private final org.jline.terminal.Terminal terminal;
    private final LineReader reader;

    Interactive(String prompt, Runnable interrupt) {
      this.prompt = prompt;
      try {
        terminal = TerminalBuilder.builder().system(true).dumb(true).build();
      } catch (IOException e) {
        throw new RwkvException("the terminal cannot be used: " + e.getMessage(), e);
      }
      terminal.handle(org.jline.terminal.Terminal.Signal.INT, signal -> interrupt.run());
      reader =
          LineReaderBuilder.builder()
              .terminal(terminal)
              .appName("rwkv")
              .variable(
                  LineReader.HISTORY_FILE,
                  Path.of(System.getProperty("user.home"), ".rwkv_chat_history"))
              .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
              .build();
    }

    @Override
    @Nullable String readLine() {
      while (true) {
        try {
          return reader.readLine(prompt);
        } catch (UserInterruptException e) {
          // Ctrl-C while typing drops the line, as a shell does.
        } catch (EndOfFileException e) {
          return null;
        }
      }
    }

    @Override
    public void close() {
      try {
        terminal.close();
      } catch (IOException e) {
        throw new RwkvException("the terminal cannot be closed: " + e.getMessage(), e);
      }
    }
  }
}

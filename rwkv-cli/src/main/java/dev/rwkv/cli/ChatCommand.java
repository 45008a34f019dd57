package dev.rwkv.cli;

import dev.rwkv.Model;
import dev.rwkv.checkpoint.StateFile;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.error.RwkvException;
import dev.rwkv.text.Chat;
import dev.rwkv.text.ChatTemplate;
import dev.rwkv.text.ChatTurn;
import dev.rwkv.text.TextGenerator;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rwkv chat}: a conversation in the terminal. */
@Command(
    name = "chat",
    description = "Holds a conversation in the terminal.",
    footer = {
      "",
      "Ctrl-C interrupts a reply, Ctrl-D ends. /help lists what else can be said.",
      "Lines that are piped in are answered one after the other."
    })
final class ChatCommand implements Runnable {
  private static final String HELP =
      """
      /undo        take the last turn back
      /retry       another reply to the same message
      /reset       forget the conversation
      /save FILE   save the state of the conversation
      /load FILE   go on from a saved state
      /exit        end, as Ctrl-D does\
      """;

  @Mixin ModelOptions modelOptions = new ModelOptions();
  @Mixin TokenizerOption tokenizerOption = new TokenizerOption();
  @Mixin SamplingOptions samplingOptions = new SamplingOptions();

  @Option(
      names = {"-n", "--tokens"},
      paramLabel = "N",
      defaultValue = "1000",
      description = "The most tokens of a reply; default: ${DEFAULT-VALUE}.")
  int tokens;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      defaultValue = "User",
      description = "What you are called; default: ${DEFAULT-VALUE}.")
  String user = "";

  @Option(
      names = "--assistant",
      paramLabel = "NAME",
      defaultValue = "Assistant",
      description = "What the model is called; default: ${DEFAULT-VALUE}.")
  String assistant = "";

  @Option(
      names = "--opening",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "What the model is told before the first message.")
  String opening = "";

  @Spec @Nullable CommandSpec spec;

  @Override
  public void run() {
    CommandSpec command = Objects.requireNonNull(spec);
    PrintWriter out = command.commandLine().getOut();
    PrintWriter err = command.commandLine().getErr();
    ChatTemplate template = ChatTemplate.defaults().named(user, assistant).withOpening(opening);
    try (Model model = modelOptions.open();
        Chat chat =
            Chat.of(TextGenerator.of(model, tokenizerOption.tokenizerFor(model)), template);
        ChatConsole console = ChatConsole.open(user + ": ", chat::cancel)) {
      chat.setSampling(samplingOptions.over(Chat.SAMPLING));
      chat.setMaxReplyTokens(tokens);
      for (String line = console.readLine(); line != null; line = console.readLine()) {
        if (line.isBlank()) {
          continue;
        }
        if (line.strip().equals("/exit")) {
          break;
        }
        try {
          respond(chat, model, line.strip(), out);
        } catch (RwkvException e) {
          err.println("error: " + e.getMessage()); // a conversation survives a wrong command
          err.flush();
        }
      }
    }
  }

  private void respond(Chat chat, Model model, String line, PrintWriter out) {
    String[] words = line.split("\\s+", 2);
    switch (words[0]) {
      case "/help" -> out.println(HELP);
      case "/undo" ->
          out.println(chat.undo().isPresent() ? "(taken back)" : "(nothing to take back)");
      case "/reset" -> chat.reset();
      case "/retry" -> {
        announce(out);
        out.println(
            chat.regenerate(text -> show(text, out)).isPresent() ? "" : "(nothing to retry)");
      }
      case "/save" -> {
        OutputFile.check(words[0], fileOf(words), modelOptions.model);
        StateFile.save(chat.snapshot(), fileOf(words), Map.of());
      }
      case "/load" -> chat.restore(StateFile.load(fileOf(words), model.stateLayout()).state());
      default -> say(chat, line, out);
    }
    out.flush();
  }

  private void say(Chat chat, String line, PrintWriter out) {
    if (line.startsWith("/")) {
      throw new InvalidArgumentException(line, "is no command: /help lists them");
    }
    announce(out);
    ChatTurn turn = chat.send(line, text -> show(text, out));
    out.println(
        switch (turn.finishReason()) {
          case CANCELLED -> " (interrupted)";
          case LENGTH -> " (cut at " + turn.statistics().generatedTokens() + " tokens)";
          case STOP_TEXT, END_OF_TEXT -> "";
        });
    if (Terminal.isInteractive()) {
      out.printf(Locale.ROOT, "[%.1f tokens/s]%n", turn.statistics().decodeTokensPerSecond());
    }
  }

  private void announce(PrintWriter out) {
    out.print(assistant + ":");
    out.flush();
  }

  private static void show(String text, PrintWriter out) {
    out.print(Terminal.shown(text));
    out.flush();
  }

  private static Path fileOf(String[] words) {
    if (words.length < 2) {
      throw new InvalidArgumentException(words[0], "no file named: " + words[0] + " FILE");
    }
    try {
      return Path.of(words[1]);
    } catch (InvalidPathException e) {
      throw new InvalidArgumentException(words[0], "no path: " + e.getReason());
    }
  }
}

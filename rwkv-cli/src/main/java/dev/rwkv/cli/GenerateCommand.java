package dev.rwkv.cli;

import dev.rwkv.Model;
import dev.rwkv.checkpoint.StateFile;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.text.Continuation;
import dev.rwkv.text.Generation;
import dev.rwkv.text.GenerationRequest;
import dev.rwkv.text.GenerationStatistics;
import dev.rwkv.text.TextGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rwkv generate}: continues a text. */
@Command(
    name = "generate",
    description = "Continues a text: the continuation goes to stdout, its speed to stderr.",
    footer = {
      "",
      "With --save-state, a later run with --state and no prompt goes on as if this one had never"
          + " stopped, with the same sampling options.",
      "",
      "Example: rwkv generate \"ROMEO:\"",
      "         rwkv generate -m MODEL -n 200 --seed 7 \"Once upon a time\""
    })
final class GenerateCommand implements Runnable {
  @Mixin ModelOptions modelOptions = new ModelOptions();
  @Mixin TokenizerOption tokenizerOption = new TokenizerOption();
  @Mixin SamplingOptions samplingOptions = new SamplingOptions();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PROMPT",
      description = "The text to continue; - reads it from stdin.")
  String prompt = "";

  @Option(
      names = {"-n", "--tokens"},
      paramLabel = "N",
      defaultValue = "100",
      description = "The most tokens to generate; default: ${DEFAULT-VALUE}.")
  int tokens;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "End before this text; may be given several times.")
  List<String> stops = new ArrayList<>();

  @Option(names = "--state", paramLabel = "FILE", description = "Go on from this saved state.")
  @Nullable Path state;

  @Option(
      names = "--save-state",
      paramLabel = "FILE",
      description = "Save the state at the end, to go on from.")
  @Nullable Path saveState;

  @Spec @Nullable CommandSpec spec;

  @Override
  public void run() {
    CommandLine command = Objects.requireNonNull(spec).commandLine();
    if (saveState != null) {
      OutputFile.check("--save-state", saveState, modelOptions.model);
    }
    if (tokens < 0) {
      throw new InvalidArgumentException("-n", tokens + " is not a number of tokens");
    }
    if (modelOptions.model == null) {
      command.getErr().println("[the built-in model of Shakespeare's plays; -m FILE runs another]");
      command.getErr().flush();
    }
    try (Model model = modelOptions.open()) {
      TextGenerator generator = TextGenerator.of(model, tokenizerOption.tokenizerFor(model));
      GenerationRequest request =
          GenerationRequest.of(prompt.equals("-") ? readPrompt() : prompt)
              .withMaxTokens(tokens)
              .withStopTexts(stops)
              .withSampling(samplingOptions.sampling())
              .withToBeContinued(saveState != null);
      if (state != null) {
        StateFile.Saved saved = StateFile.load(state, model.stateLayout());
        request =
            request.withContinuation(Continuation.fromMetadata(saved.state(), saved.metadata()));
      }
      try (Progress progress = new Progress("reading the prompt", "tokens");
          Generation generation = generator.generate(request, progress::to)) {
        boolean lineEnded = stream(generation, progress, command.getOut());
        if (saveState != null) {
          Continuation continuation = generation.continuation();
          StateFile.save(continuation.state(), saveState, continuation.toMetadata());
        }
        if (!lineEnded) {
          command.getErr().println(); // stdout and stderr may be the same file or window
        }
        report(generation, command.getErr());
      }
    }
  }

  // Whether it ended with the end of a line. In a pipe nothing is added to the text.
  private static boolean stream(Generation generation, Progress progress, PrintWriter out) {
    boolean first = true;
    boolean lineEnded = true;
    while (generation.hasNext()) {
      if (first) {
        progress.close();
        first = false;
      }
      String text = generation.next().text();
      out.print(Terminal.shown(text));
      lineEnded = text.isEmpty() ? lineEnded : text.endsWith("\n");
      if (out.checkError()) {
        generation.cancel(); // nobody reads any more, as in: rwkv generate | head
      }
    }
    if (Terminal.isInteractive()) {
      out.println();
      lineEnded = true;
    }
    out.flush();
    return lineEnded;
  }

  private static void report(Generation generation, PrintWriter err) {
    GenerationStatistics done = generation.statistics();
    err.printf(
        Locale.ROOT,
        "[prompt %d tokens, %.1f tokens/s; first token after %.0f ms; %d tokens, %.1f tokens/s;"
            + " %s; seed %d]%n",
        done.promptTokens(),
        done.prefillTokensPerSecond(),
        done.timeToFirstTokenNanos() / 1e6,
        done.generatedTokens(),
        done.decodeTokensPerSecond(),
        generation.finishReason().map(reason -> reason.name().toLowerCase(Locale.ROOT)).orElse(""),
        generation.seed());
    err.flush();
  }

  private static String readPrompt() {
    try {
      return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new CheckpointException(
          Path.of("(stdin)"), "the prompt cannot be read: " + e.getMessage(), e);
    }
  }
}

package dev.rwkv.cli;

import dev.rwkv.Model;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.text.Tokenizer;
import dev.rwkv.text.evaluation.Lambada;
import dev.rwkv.text.evaluation.Perplexity;
import dev.rwkv.text.evaluation.Score;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code rwkv eval}: how well a model predicts text. */
@Command(
    name = "eval",
    description = "Measures how well a model predicts text.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {EvalCommand.PerplexityCommand.class, EvalCommand.LambadaCommand.class})
final class EvalCommand implements Runnable {
  @Spec @Nullable CommandSpec spec;

  @Override
  public void run() {
    throw new ErrorReport.MissingCommandException(spec);
  }

  /** What both evaluations share. */
  abstract static class Evaluation implements Runnable {
    @Mixin ModelOptions modelOptions = new ModelOptions();
    @Mixin TokenizerOption tokenizerOption = new TokenizerOption();

    @Option(names = "--json", description = "Print a JSON object.")
    boolean json;

    @Spec @Nullable CommandSpec spec;

    abstract Score evaluate(Model model, Tokenizer tokenizer);

    @Override
    public final void run() {
      PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
      try (Model model = modelOptions.open()) {
        Score score = evaluate(model, tokenizerOption.tokenizerFor(model));
        out.println(json ? asJson(score) : asText(score));
      }
      out.flush();
    }

    private static String asText(Score score) {
      StringBuilder text =
          new StringBuilder(
              String.format(
                  Locale.ROOT,
                  "tokens         %,d%nloss           %.4f nats per token%nperplexity     %.4f%n"
                      + "bits per byte  %.4f",
                  score.tokens(),
                  score.loss(),
                  score.perplexity(),
                  score.bitsPerByte()));
      score
          .accuracy()
          .ifPresent(
              share -> text.append(String.format(Locale.ROOT, "%naccuracy       %.4f", share)));
      return text.toString();
    }

    private static String asJson(Score score) {
      ObjectNode object = JsonMapper.shared().createObjectNode();
      object.put("tokens", score.tokens());
      object.put("loss", score.loss());
      object.put("perplexity", score.perplexity());
      object.put("bitsPerByte", score.bitsPerByte());
      score.accuracy().ifPresent(share -> object.put("accuracy", share));
      return object.toString();
    }
  }

  /** {@code rwkv eval perplexity}. */
  @Command(name = "perplexity", description = "Loss, perplexity and bits per byte of a text file.")
  static final class PerplexityCommand extends Evaluation {
    @Parameters(index = "0", paramLabel = "FILE", description = "A UTF-8 text file.")
    Path file = Path.of("");

    @Override
    Score evaluate(Model model, Tokenizer tokenizer) {
      String text = read(file);
      if (text.isEmpty()) {
        throw new CheckpointException(file, "the file is empty: nothing can be predicted");
      }
      // Tokens are not known before; a token is at least a byte, so bytes bound them.
      try (Progress progress = new Progress("perplexity", text.length(), "tokens")) {
        return Perplexity.of(model, tokenizer, text, progress::to);
      }
    }

    private static String read(Path file) {
      try {
        return Files.readString(file);
      } catch (NoSuchFileException e) {
        throw new CheckpointException(file, "there is no such file", e);
      } catch (CharacterCodingException e) {
        throw new CheckpointException(file, "is not UTF-8 text", e);
      } catch (IOException e) {
        throw new CheckpointException(file, "cannot be read: " + e.getMessage(), e);
      }
    }
  }

  /** {@code rwkv eval lambada}. */
  @Command(
      name = "lambada",
      description = "LAMBADA: perplexity per word and accuracy of the last word of each passage.")
  static final class LambadaCommand extends Evaluation {
    @Parameters(
        index = "0",
        paramLabel = "FILE.jsonl",
        description = "One JSON object a line, with a field \"text\".")
    Path file = Path.of("");

    @Option(names = "--limit", paramLabel = "N", description = "Score only the first N passages.")
    @Nullable Integer limit;

    @Override
    Score evaluate(Model model, Tokenizer tokenizer) {
      if (limit != null && limit < 1) {
        throw new InvalidArgumentException(
            "--limit", limit + " is not a number of passages: expected 1 or more");
      }
      List<Lambada.Passage> passages = Lambada.read(file);
      if (limit != null && limit < passages.size()) {
        passages = passages.subList(0, limit);
      }
      try (Progress progress = new Progress("lambada", passages.size(), "passages")) {
        return Lambada.of(model, tokenizer, passages, progress::to);
      }
    }
  }
}

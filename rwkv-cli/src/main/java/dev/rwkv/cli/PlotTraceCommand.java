package dev.rwkv.cli;

import dev.rwkv.Model;
import dev.rwkv.Rwkv;
import dev.rwkv.cli.figure.TraceFigure;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.reference.CausalTrace;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.text.Tokenizer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code rwkv plot trace}: which tokens and layers an answer comes from. */
@Command(
    name = "trace",
    description =
        "Draws a causal trace (the paper's Figure 11): the prompt is read with noise on the"
            + " subject's embeddings, and for every token and layer, how likely is the answer"
            + " when the clean state is put back there alone? In double precision: takes time.",
    footer = {
      "",
      "Example: rwkv plot trace -m MODEL \"The Eiffel Tower is located in\""
          + " --subject \"The Eiffel Tower\" --answer \" Paris\""
    })
final class PlotTraceCommand implements Runnable {
  @Option(
      names = {"-m", "--model"},
      paramLabel = "FILE|DIR",
      description = "The checkpoint: .pth, .safetensors, rwkv.cpp .bin, or a Hugging Face folder.")
  @Nullable Path model;

  @Mixin TokenizerOption tokenizerOption = new TokenizerOption();
  @Mixin FigureOption figure = new FigureOption();

  @Parameters(index = "0", paramLabel = "PROMPT", description = "The text before the answer.")
  String prompt = "";

  @Option(
      names = "--subject",
      paramLabel = "TEXT",
      required = true,
      description = "The part of the prompt that gets the noise: its first occurrence.")
  String subject = "";

  @Option(
      names = "--answer",
      paramLabel = "TEXT",
      description =
          "What follows, with its space; its first token counts. Default: the likeliest token.")
  @Nullable String answer;

  @Option(
      names = "--noise",
      paramLabel = "S",
      description =
          "Standard deviation of the noise, as a multiple of that of all embeddings. Default:"
              + " ${DEFAULT-VALUE}.")
  double noise = 3;

  @Option(
      names = "--samples",
      paramLabel = "N",
      description = "How often noise is drawn; means are shown. Default: ${DEFAULT-VALUE}.")
  int samples = 10;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Of the noise. Default: ${DEFAULT-VALUE}.")
  long seed;

  @Spec @Nullable CommandSpec spec;

  /** What is printed, in either form. */
  private record Findings(
      Tokenizer tokenizer,
      TracedPrompt prompt,
      CausalTrace.Experiment experiment,
      double deviation,
      int answerTokens,
      CausalTrace.Result result) {

    /** Empty for an id that a padded vocabulary has, and the tokenizer has not. */
    String text(int token) {
      return tokenizer.contains(token) ? tokenizer.decode(token) : "";
    }

    String label(int token) {
      return tokenizer.contains(token)
          ? "'" + TokenLabel.of(tokenizer.bytes(token)) + "'"
          : "(no text)";
    }

    /** Of the prompt's tokens, those of the subject with a star. */
    List<String> labels() {
      List<String> labels = new ArrayList<>();
      for (int t = 0; t < prompt.tokens().length; t++) {
        labels.add(
            TokenLabel.of(tokenizer.bytes(prompt.tokens()[t])) + (prompt.isSubject(t) ? "*" : ""));
      }
      return labels;
    }
  }

  @Override
  public void run() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Path path = ModelOptions.orBuiltIn(model);
    Optional<FigureOption.Target> target = figure.target("trace.svg", path);
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      Findings found = trace(CausalTrace.of(checkpoint), tokenizer(path));
      target.ifPresent(t ->
          t.file()
              .write(
                  TraceFigure.of(
                      found.labels(), found.label(found.experiment().answer()), found.result())));
      if (figure.json) {
        out.println(asJson(found));
      } else {
        print(found, out);
        target.ifPresent(t -> out.printf("%nfigure     %s%n", t.path()));
      }
    }
    out.flush();
  }

  private Tokenizer tokenizer(Path path) {
    try (Model opened = Rwkv.with().backend("reference").open(path)) {
      return tokenizerOption.tokenizerFor(opened);
    }
  }

  private Findings trace(CausalTrace trace, Tokenizer tokenizer) {
    TracedPrompt traced = TracedPrompt.of(tokenizer, prompt, subject);
    int[] answers =
        answer == null
            ? new int[] {trace.mostLikelyAfter(traced.tokens())}
            : tokenizer.encode(answer);
    if (answers.length == 0) {
      throw new InvalidArgumentException(
          "--answer", "it is empty: give the text that follows, or leave the option out");
    }
    CausalTrace.Experiment experiment =
        new CausalTrace.Experiment(
            traced.tokens(),
            traced.subjectFrom(),
            traced.subjectTo(),
            answers[0],
            noise,
            samples,
            seed);
    try (Progress progress = new Progress("tracing", "places")) {
      return new Findings(
          tokenizer,
          traced,
          experiment,
          trace.embeddingDeviation(),
          answers.length,
          trace.trace(experiment, progress::to));
    }
  }

  private static void print(Findings found, PrintWriter out) {
    CausalTrace.Experiment asked = found.experiment();
    CausalTrace.Result result = found.result();
    out.printf(
        "answer     %s, token %d%s%n",
        found.label(asked.answer()),
        asked.answer(),
        found.answerTokens() == 1 ? "" : ", the first of " + found.answerTokens() + " of --answer");
    out.printf(
        Locale.ROOT,
        "noise      %.4g = %s × %.4g, the standard deviation of the embeddings; %s, seed %d%n",
        asked.noise() * found.deviation(),
        asked.noise(),
        found.deviation(),
        asked.samples() == 1 ? "1 sample" : asked.samples() + " samples",
        asked.seed());
    out.printf(Locale.ROOT, "clean      %.4f, the probability of the answer%n", result.clean());
    out.printf(
        Locale.ROOT, "corrupted  %.4f, with noise on the subject (*)%n%n", result.corrupted());
    List<String> labels = found.labels();
    int width = Math.max(5, labels.stream().mapToInt(String::length).max().orElse(0));
    out.println(
        "How much of the difference, in %, comes back with the clean state after one layer of one"
            + " token:");
    out.printf("%-" + width + "s", "layer");
    for (int layer = 0; layer < result.restored()[0].length; layer++) {
      out.printf(" %6d", layer);
    }
    out.println();
    for (int t = 0; t < labels.size(); t++) {
      out.printf("%-" + width + "s", labels.get(t));
      for (int layer = 0; layer < result.restored()[t].length; layer++) {
        out.print(share(result, t, layer));
      }
      out.println();
    }
  }

  private static String share(CausalTrace.Result result, int token, int layer) {
    double lost = result.clean() - result.corrupted();
    return lost == 0
        ? String.format(Locale.ROOT, " %6s", "-")
        : String.format(Locale.ROOT, " %6.1f", 100 * result.effect(token, layer) / lost);
  }

  private String asJson(Findings found) {
    CausalTrace.Experiment asked = found.experiment();
    ObjectNode object = JsonMapper.shared().createObjectNode();
    object.put("model", String.valueOf(model));
    ArrayNode tokens = object.putArray("tokens");
    for (int token : asked.tokens()) {
      tokens.addObject().put("id", token).put("text", found.text(token));
    }
    object.putObject("subject").put("from", asked.subjectFrom()).put("to", asked.subjectTo());
    object.putObject("answer").put("id", asked.answer()).put("text", found.text(asked.answer()));
    object.put("noise", asked.noise());
    object.put("embeddingDeviation", found.deviation());
    object.put("samples", asked.samples());
    object.put("seed", asked.seed());
    object.put("clean", found.result().clean());
    object.put("corrupted", found.result().corrupted());
    ArrayNode restored = object.putArray("restored");
    for (double[] token : found.result().restored()) {
      ArrayNode layers = restored.addArray();
      Arrays.stream(token).forEach(layers::add);
    }
    return object.toString();
  }
}

package dev.rwkv.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.testing.SharedData;
import dev.rwkv.text.Tokenizers;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** plot decay and plot trace. */
class PlotCommandsTest {
  @TempDir Path folder;

  private static JsonNode json(Run run) {
    return JsonMapper.shared().readTree(run.succeeds().out());
  }

  /** The decays at the start of a training, which a synthetic model has, are known (appendix E). */
  @Test
  void decayGivesTheFactorsOfEveryChannel() {
    JsonNode layers =
        json(Run.of("plot", "decay", SyntheticModels.bytes(folder), "--json")).path("layers");
    assertThat(layers.size()).isEqualTo(2);
    for (int layer = 0; layer < 2; layer++) {
      JsonNode factors = layers.get(layer).path("decay");
      assertThat(factors.size()).isEqualTo(32);
      int above = 0;
      for (int i = 0; i < 32; i++) {
        double raw = -5 + 8 * Math.pow(i / 31.0, 0.7 + 1.3 * layer);
        double factor = Math.exp(-Math.exp(raw));
        assertThat(factors.get(i).doubleValue()).isCloseTo(factor, within(1e-6));
        above += factor > 0.99 ? 1 : 0;
      }
      assertThat(layers.get(layer).path("shareAboveThreshold").doubleValue())
          .isEqualTo(above / 32.0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "mini-v4-a-bf16.pth,                  mini-v4-a-bf16.safetensors,          0",
    "mini-v4-a-FP32.bin,                  mini-v4-a-fp32.safetensors,          1e-6",
    "mini-v4-a-Q5_1.bin,                  mini-v4-a-fp32.safetensors,          1e-6",
    "tiny-rwkv-4v0-660K-FP32.bin,         tiny-rwkv-4v0-660K-fp32.safetensors, 1e-6",
  })
  void decayIsTheSameWhetherTheFileHoldsItReadyMadeOrNot(
      String file, String raw, double tolerance) {
    JsonNode layers =
        json(Run.of("plot", "decay", SharedData.path("models/" + file), "--json")).path("layers");
    try (Checkpoint checkpoint = Checkpoint.open(SharedData.path("models/" + raw))) {
      for (int layer = 0; layer < layers.size(); layer++) {
        double[] stored = checkpoint.tensor("blocks." + layer + ".att.time_decay").toDoubles();
        for (int i = 0; i < stored.length; i++) {
          assertThat(layers.get(layer).path("decay").get(i).doubleValue())
              .isCloseTo(Math.exp(-Math.exp(stored[i])), within(tolerance));
        }
      }
      assertThat(checkpoint.names()).contains("blocks." + (layers.size() - 1) + ".ln1.weight");
      assertThat(checkpoint.names()).doesNotContain("blocks." + layers.size() + ".ln1.weight");
    }
  }

  /** 14 billion weights, of which the file has none: reading them would take minutes. */
  @Test
  @Timeout(value = 30, unit = TimeUnit.SECONDS)
  void decayReadsNothingElse() {
    Path model = folder.resolve("large.safetensors");
    Run.of("synth", "--layers", 40, "--dim", 5120, "--vocab", 50277, "--sparse", model).succeeds();
    Path figure = folder.resolve("decay.svg");
    Run run = Run.of("plot", "decay", model, "-o", figure).succeeds();
    assertThat(run.out().lines().filter(line -> line.matches(" +\\d+ .*"))).hasSize(40);
    assertThat(figure).isNotEmptyFile().content().doesNotContain("NaN");
  }

  @Test
  void figuresAreWrittenAsTheirNamesSay() throws IOException {
    Path model = SyntheticModels.bytes(folder);
    for (List<Object> command :
        List.<List<Object>>of(
            List.of("plot", "decay", model, "-o"),
            List.of(
                "plot", "trace", "-m", model, "aa b", "--subject", "a", "--samples", 2, "-o"))) {
      Path png = folder.resolve("figure.PNG");
      Run run = runWith(command, png);
      assertThat(run.out()).contains("figure", png.toString());
      BufferedImage image = ImageIO.read(png.toFile());
      assertThat(image.getWidth()).isGreaterThanOrEqualTo(2 * 860);
      Path svg = Files.writeString(folder.resolve("figure.svg"), "is replaced");
      runWith(command, svg);
      assertThat(Files.readString(svg)).contains("<svg").doesNotContain("NaN", "is replaced");
      Files.delete(png);
    }
  }

  private static Run runWith(List<Object> command, Path figure) {
    Object[] words = new Object[command.size() + 1];
    for (int i = 0; i < command.size(); i++) {
      words[i] = command.get(i);
    }
    words[command.size()] = figure;
    return Run.of(words).succeeds();
  }

  @Test
  void theStandardNameIsNeverReplaced() throws IOException {
    Path model = SyntheticModels.bytes(folder);
    Path standard = Path.of("decay.svg");
    Files.deleteIfExists(standard);
    try {
      assertThat(Run.of("plot", "decay", model).succeeds().out()).contains("decay.svg");
      assertThat(standard).isNotEmptyFile();
      Files.writeString(standard, "mine");
      Run.of("plot", "decay", model).fails("decay.svg", "-o");
      assertThat(standard).hasContent("mine");
      Run.of("plot", "decay", model, "-o", standard).succeeds();
      assertThat(standard).content().contains("<svg");
    } finally {
      Files.deleteIfExists(standard);
    }
  }

  @Test
  void traceOfATrainedModel() {
    Path model = SharedData.path("models/tiny-rwkv-4v0-660K-fp32.safetensors");
    String prompt = "the king and the que";
    JsonNode trace =
        json(
            Run.of(
                "plot",
                "trace",
                "-m",
                model,
                prompt,
                "--subject",
                "king",
                "--answer",
                "en",
                "--samples",
                3,
                "--seed",
                5,
                "--json"));
    assertThat(trace.path("tokens").size()).isEqualTo(prompt.length());
    assertThat(trace.path("tokens").get(4).path("text").stringValue()).isEqualTo("k");
    assertThat(trace.path("subject").path("from").intValue()).isEqualTo(4);
    assertThat(trace.path("subject").path("to").intValue()).isEqualTo(8);
    assertThat(trace.path("answer").path("text").stringValue()).isEqualTo("e");
    JsonNode restored = trace.path("restored");
    assertThat(restored.size()).isEqualTo(prompt.length());
    assertThat(restored.get(0).size()).isEqualTo(4);
    double clean = trace.path("clean").doubleValue();
    double corrupted = trace.path("corrupted").doubleValue();
    assertThat(restored.get(prompt.length() - 1).get(3).doubleValue()).isEqualTo(clean);
    assertThat(restored.get(0).get(0).doubleValue()).isEqualTo(corrupted);
    // What the model says itself.
    assertThat(clean).isCloseTo(probability(model, prompt, 'e'), within(1e-6));
  }

  private static double probability(Path model, String prompt, int answer) {
    byte[] tokens = prompt.getBytes(StandardCharsets.US_ASCII);
    try (dev.rwkv.Model opened = dev.rwkv.Rwkv.with().backend("vector").open(model);
        dev.rwkv.Session session = opened.newSession()) {
      double[] logits = new double[0];
      for (byte token : tokens) {
        logits = session.step(token).toDoubles();
      }
      double sum = 0;
      for (double logit : logits) {
        sum += Math.exp(logit);
      }
      return Math.exp(logits[answer]) / sum;
    }
  }

  @Test
  void traceAsATable() {
    Path model = SyntheticModels.bytes(folder);
    Run run =
        Run.of(
                "plot",
                "trace",
                "-m",
                model,
                "a b\nc",
                "--subject",
                "b\n",
                "--samples",
                2,
                "-o",
                folder.resolve("x.svg"))
            .succeeds();
    List<String> lines = run.out().lines().toList();
    int header = lines.indexOf(lines.stream().filter(l -> l.startsWith("layer")).findFirst().get());
    assertThat(lines.subList(header, header + 6).stream().map(l -> l.substring(0, l.indexOf(' '))))
        .containsExactly("layer", "a", "·", "b*", "\\n*", "c");
    assertThat(run.out()).contains("clean", "corrupted", "2 samples", "seed 0");
  }

  @Test
  void wrongQuestionsAreRefused() throws IOException {
    Path model = SyntheticModels.bytes(folder);
    Path out = folder.resolve("x.svg");
    trace(model, "some text", "--subject", "txt", "-o", out).fails("--subject", "'txt'");
    trace(model, "some text", "--subject", "", "-o", out).fails("--subject", "empty");
    trace(model, "", "--subject", "txt", "-o", out).fails("PROMPT", "empty");
    trace(model, "text", "--subject", "t", "--answer", "", "-o", out).fails("--answer", "empty");
    trace(model, "text", "--subject", "t", "--noise", "-1", "-o", out).fails("noise", "-1");
    trace(model, "text", "--subject", "t", "--noise", "NaN", "-o", out).fails("noise", "NaN");
    trace(model, "text", "--subject", "t", "--samples", "0", "-o", out).fails("samples", "0");
    trace(model, "text", "--subject", "t", "-o", folder.resolve("x.jpg")).fails("x.jpg", ".png");
    trace(model, "text", "--subject", "t", "-o", folder.resolve("x")).fails("x", ".svg");
    trace(model, "text", "--subject", "t", "-o", folder.resolve("no/x.svg")).fails("no/x.svg");
    trace(model, "text", "--subject", "t", "-o", Files.createDirectory(folder.resolve("d.svg")))
        .fails("d.svg", "folder");
    trace(model, "text").isWrongUsage("--subject");
    assertThat(out).doesNotExist();

    Path odd = folder.resolve("odd.safetensors");
    Run.of("synth", "--layers", 1, "--dim", 4, "--vocab", 9, odd).succeeds();
    trace(odd, "text", "--subject", "t", "-o", out).fails("9 tokens", "--tokenizer");
    trace(folder.resolve("none"), "text", "--subject", "t", "-o", out).fails("none");
    Run.of("plot", "decay", folder.resolve("none"), "-o", out).fails("none");
    Run.of("plot", "decay", model, "-o", folder.resolve("x.pdf")).fails("x.pdf");
    Run.of("plot", "decay").isWrongUsage("MODEL");
    Run.of("plot").isWrongUsage("decay", "trace");
  }

  private static Run trace(Path model, String prompt, Object... more) {
    Object[] words = new Object[more.length + 5];
    System.arraycopy(new Object[] {"plot", "trace", "-m", model, prompt}, 0, words, 0, 5);
    System.arraycopy(more, 0, words, 5, more.length);
    return Run.of(words);
  }

  /** Made, in, China: 23897, 4596, 36473; the spaces belong to the words after them. */
  @ParameterizedTest
  @CsvSource({
    "Made,    0, 1",
    "a,       0, 1",
    "in,      1, 2",
    "in Chi,  1, 3",
    "Made in, 0, 2",
    "na,      2, 3",
  })
  void theSubjectIsEveryTokenWithAByteOfIt(String subject, int from, int to) {
    TracedPrompt prompt = TracedPrompt.of(Tokenizers.world(), "Made in China", subject);
    assertThat(prompt.subjectFrom()).isEqualTo(from);
    assertThat(prompt.subjectTo()).isEqualTo(to);
  }

  /** This tokenizer composes characters before it looks at them. */
  @Test
  void theSubjectIsFoundAsTheTokenizerSeesIt() {
    String decomposed = "A cafe\u0301 in Paris";
    TracedPrompt prompt = TracedPrompt.of(Tokenizers.pile(), decomposed, "caf\u00e9");
    assertThat(prompt.subjectFrom()).isEqualTo(1);
    assertThat(
            Tokenizers.pile()
                .decode(
                    java.util.Arrays.copyOfRange(
                        prompt.tokens(), prompt.subjectFrom(), prompt.subjectTo())))
        .isEqualTo(" caf\u00e9");
    assertThatThrownBy(() -> TracedPrompt.of(Tokenizers.pile(), decomposed, "cafes"))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void labelsShowWhatIsInvisible() {
    assertThat(TokenLabel.of(" Paris".getBytes(StandardCharsets.UTF_8))).isEqualTo("·Paris");
    assertThat(TokenLabel.of("é\n\t\u200b".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("é\\n\\t\\u200B");
    assertThat(TokenLabel.of(new byte[] {'a', ' ', (byte) 0xC3})).isEqualTo("a·\\xC3");
    assertThat(TokenLabel.of(new byte[0])).isEmpty();
  }
}

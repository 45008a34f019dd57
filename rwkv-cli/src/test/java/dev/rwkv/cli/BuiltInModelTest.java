package dev.rwkv.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rwkv.model.shakespeare.ShakespeareModel;
import dev.rwkv.testing.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What runs when no model is named. */
class BuiltInModelTest {
  private static final long MOST_BYTES = 6_000_000;

  // nanoGPT's published validation loss on this text, of 10.65 million parameters.
  private static final double NANO_GPT = 1.4697;

  @TempDir Path folder;

  @Test
  void generateWritesAPlayWithoutAModel() {
    Run run = Run.of("generate", "--seed", 7, "-n", 400, "ROMEO:").succeeds();
    // Speakers in capitals on lines of their own.
    assertThat(run.out()).containsPattern("\n[A-Z ]+:\n");
    assertThat(run.err()).contains("built-in model");
    assertThat(Run.of("generate", "--seed", 7, "-n", 400, "ROMEO:").succeeds().out())
        .isEqualTo(run.out());
  }

  @Test
  void otherCommandsTakeItToo() throws IOException {
    assertThat(Run.of("logits", "--tokens", "82,79").succeeds().out()).isNotEmpty();
    // Where it lies in a jar, its name means nothing on a command line.
    Path copy = Files.copy(ShakespeareModel.path(), folder.resolve("shakespeare.bin"));
    assertThat(Run.of("inspect", copy, "--verify").succeeds().out()).contains("rwkv-4");
  }

  @Test
  void itIsSmall() throws IOException {
    assertThat(Files.size(ShakespeareModel.path())).isLessThan(MOST_BYTES);
  }

  @Test
  void itPredictsWhatItHasNeverReadAsWellAsItsCardSays() throws IOException {
    byte[] corpus = Files.readAllBytes(SharedData.path("corpus/tinyshakespeare.txt"));
    int learnt = corpus.length - corpus.length / 10;
    Path rest = folder.resolve("validation.txt");
    Files.writeString(
        rest, new String(corpus, learnt, corpus.length - learnt, StandardCharsets.UTF_8));
    JsonNode score =
        JsonMapper.shared().readTree(Run.of("eval", "perplexity", rest, "--json").succeeds().out());
    assertThat(score.path("loss").doubleValue())
        .isLessThan(NANO_GPT)
        .isCloseTo(lossOfCard(), within(6e-4));
  }

  private static double lossOfCard() {
    Matcher loss = Pattern.compile("as one text *\\| *([0-9.]+) ").matcher(ShakespeareModel.card());
    assertThat(loss.find()).as("the card states a loss").isTrue();
    return Double.parseDouble(loss.group(1));
  }
}

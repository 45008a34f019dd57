package dev.rwkv.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rwkv.testing.SharedData;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** tokenize, detokenize, eval, chat and backends. */
class TextCommandsTest {
  @TempDir Path folder;

  @Test
  void tokensOfTheBuiltInVocabularies() {
    Run world = Run.of("tokenize", "--tokenizer", "world", "Made in China").succeeds();
    assertThat(world.out()).isEqualToIgnoringNewLines("23897,4596,36473");
    assertThat(Run.of("detokenize", "--tokenizer", "world", "23897,4596,36473").succeeds().out())
        .isEqualToIgnoringNewLines("Made in China");
    assertThat(Run.of("tokenize", "-m", SyntheticModels.bytes(folder), "né").succeeds().out())
        .isEqualToIgnoringNewLines("110,195,169");
    Run.of("tokenize", "text").fails("--tokenizer", "-m");
    Run.of("tokenize", "--tokenizer", "martian", "text").fails("martian");
    Run.of("detokenize", "--tokenizer", "bytes", "256").fails("256");
    Run.of("detokenize", "--tokenizer", "bytes", "x").fails("'x'");
  }

  @Test
  void perplexityOfAUniformModelIsTheVocabulary() throws IOException {
    // All weights zero: every byte is as likely as any other, 8 bits each.
    Path model = folder.resolve("zeros.safetensors");
    Run.of("synth", "--layers", 1, "--dim", 8, "--vocab", 256, "--sparse", model).succeeds();
    Path text = Files.writeString(folder.resolve("text.txt"), "Was it a cat I saw? ".repeat(20));
    JsonNode json =
        JsonMapper.shared()
            .readTree(Run.of("eval", "perplexity", "-m", model, "--json", text).succeeds().out());
    assertThat(json.path("tokens").intValue()).isEqualTo(20 * 20 - 1);
    assertThat(json.path("loss").doubleValue()).isCloseTo(Math.log(256), within(1e-6));
    assertThat(json.path("perplexity").doubleValue()).isCloseTo(256, within(1e-3));
    assertThat(json.path("bitsPerByte").doubleValue()).isCloseTo(8, within(1e-6));
    assertThat(json.has("accuracy")).isFalse();

    Path passages =
        Files.writeString(
            folder.resolve("passages.jsonl"),
            "{\"text\": \"one two three\"}\n\n{\"text\": \"four fives\"}\n");
    json =
        JsonMapper.shared()
            .readTree(Run.of("eval", "lambada", "-m", model, "--json", passages).succeeds().out());
    assertThat(json.path("tokens").intValue()).isEqualTo(" three".length() + " fives".length());
    assertThat(json.path("loss").doubleValue()).isCloseTo(Math.log(256), within(1e-6));
    // Per word of six bytes.
    assertThat(Math.log(json.path("perplexity").doubleValue()))
        .isCloseTo(6 * Math.log(256), within(1e-5));
    assertThat(json.path("accuracy").doubleValue()).isZero();
  }

  @Test
  void theTrainedTinyModelKnowsSomeEnglish() throws IOException {
    Path model = SharedData.path("models/tiny-rwkv-4v0-660K-FP32.bin");
    String shakespeare =
        Files.readString(SharedData.path("corpus/tinyshakespeare.txt")).substring(0, 4000);
    Path text = Files.writeString(folder.resolve("text.txt"), shakespeare);
    Run run = Run.of("eval", "perplexity", "-m", model, "--json", text).succeeds();
    assertThat(JsonMapper.shared().readTree(run.out()).path("bitsPerByte").doubleValue())
        .isLessThan(5);
    Run lambada =
        Run.of(
                "eval",
                "lambada",
                "-m",
                model,
                "--limit",
                3,
                SharedData.path("eval/lambada_test.jsonl"))
            .succeeds();
    assertThat(lambada.out()).contains("accuracy", "perplexity");
  }

  @Test
  void badTextsAreNamed() throws IOException {
    Path model = SyntheticModels.bytes(folder);
    Path empty = Files.createFile(folder.resolve("empty.txt"));
    Run.of("eval", "perplexity", "-m", model, empty).fails("empty.txt", "empty");
    Run.of("eval", "perplexity", "-m", model, folder.resolve("none.txt")).fails("none.txt");
    Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    Run.of("eval", "perplexity", "-m", model, binary).fails("binary", "UTF-8");
    Path broken = Files.writeString(folder.resolve("broken.jsonl"), "{\"text\": \"a b\"}\n{oops\n");
    Run.of("eval", "lambada", "-m", model, broken).fails("broken.jsonl", "line 2");
    Path fieldless = Files.writeString(folder.resolve("fieldless.jsonl"), "{\"txt\": \"a b\"}");
    Run.of("eval", "lambada", "-m", model, fieldless).fails("fieldless.jsonl", "line 1", "text");
    Run.of("eval", "lambada", "-m", model, "--limit", 0, broken).fails("--limit");
    Run.of("eval").isWrongUsage();
  }

  @Test
  void aConversationThroughAPipe() {
    Path model = SyntheticModels.bytes(folder);
    InputStream stdin = System.in;
    System.setIn(
        new ByteArrayInputStream(
            "hello\n/undo\n/undo\n\n/nonsense\n/save a\0b\nhow are you?\n/help\n/exit\nnever said\n"
                .getBytes(StandardCharsets.UTF_8)));
    try {
      Run run = Run.of("chat", "-m", model, "-n", 5, "--seed", 1).succeeds();
      assertThat(run.out().split("Assistant:", -1)).hasSize(1 + 2);
      assertThat(run.out()).contains("(taken back)", "(nothing to take back)", "/retry");
      assertThat(run.err()).contains("/nonsense");
    } finally {
      System.setIn(stdin);
    }
  }

  @Test
  void backendsAreListed() {
    assertThat(Run.of("backends").succeeds().out()).contains("reference", "usable", "BATCH");
    JsonNode json = JsonMapper.shared().readTree(Run.of("backends", "--json").succeeds().out());
    assertThat(json.isArray()).isTrue();
    JsonNode last = json.get(json.size() - 1);
    assertThat(last.path("name").stringValue()).isEqualTo("reference");
    assertThat(last.path("usable").booleanValue()).isTrue();
  }
}

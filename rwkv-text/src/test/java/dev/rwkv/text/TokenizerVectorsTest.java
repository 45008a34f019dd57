package dev.rwkv.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.testing.SharedData;
import java.nio.file.Files;
import java.text.Normalizer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The tokenizers against vectors that other implementations have made. */
class TokenizerVectorsTest {

  @ParameterizedTest
  @ValueSource(strings = {"world", "rwkv_vocab_v20230424.txt"})
  void worldVectorsHold(String which) throws Exception {
    Tokenizer tokenizer = which.equals("world") ? Tokenizers.world() : fromShared(which);
    for (JsonNode vector : vectors("world-vectors.jsonl")) {
      String text = vector.get("text").stringValue();
      assertThat(tokenizer.encode(text)).as(text).isEqualTo(tokens(vector));
      assertThat(tokenizer.decode(tokens(vector))).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pile", "20B_tokenizer.json"})
  void pileVectorsHold(String which) throws Exception {
    int exceptions = 0;
    Tokenizer tokenizer = which.equals("pile") ? Tokenizers.pile() : fromShared(which);
    for (JsonNode vector : vectors("20B-vectors.jsonl")) {
      String text = vector.get("text").stringValue();
      String normalised = Normalizer.normalize(text, Normalizer.Form.NFC);
      assertThat(tokenizer.decode(tokens(vector))).isEqualTo(normalised);
      int[] encoded = tokenizer.encode(text);
      if (!Arrays.equals(encoded, tokens(vector))) {
        // The vectors are of a JavaScript library: there U+FEFF is white space to a regular
        // expression, in Rust and in Unicode it is not. Rust is the original.
        assertThat(text).contains("\uFEFF");
        assertThat(tokenizer.decode(encoded)).isEqualTo(normalised);
        exceptions++;
      }
    }
    assertThat(exceptions).isEqualTo(12);
  }

  @Test
  void worldEncodesTheDocumentedExamples() {
    Tokenizer world = Tokenizers.world();
    assertThat(world.encode("Hello")).containsExactly(33155);
    assertThat(world.encode("S:2")).containsExactly(84, 59, 51);
    assertThat(world.encode("Made in China")).containsExactly(23897, 4596, 36473);
    assertThat(world.encode("Pré")).containsExactly(1371, 2503);
  }

  @Test
  void builtInSizesAreThoseOfTheModels() {
    assertThat(Tokenizers.bytes().size()).isEqualTo(256);
    assertThat(Tokenizers.world().size()).isEqualTo(65530);
    assertThat(Tokenizers.pile().size()).isEqualTo(50277);
    assertThat(Tokenizers.world().endOfText()).hasValue(0);
    assertThat(Tokenizers.pile().endOfText()).hasValue(0);
    assertThat(Tokenizers.bytes().endOfText()).isEmpty();
  }

  @Test
  void bundledVocabulariesAreTheSharedFilesUnchanged() throws Exception {
    for (String name : new String[] {"rwkv_vocab_v20230424.txt", "20B_tokenizer.json"}) {
      assertThat(VocabularyFile.bundled(name).content())
          .isEqualTo(Files.readAllBytes(SharedData.path("tokenizers/" + name)));
    }
  }

  private static Tokenizer fromShared(String name) {
    return Tokenizers.fromFile(SharedData.path("tokenizers/" + name));
  }

  private static Iterable<JsonNode> vectors(String file) throws Exception {
    var lines = Files.readAllLines(SharedData.path("tokenizers/" + file));
    assertThat(lines).hasSize(200);
    return lines.stream().map(line -> JsonMapper.shared().readTree(line)).toList();
  }

  private static int[] tokens(JsonNode vector) {
    int[] tokens = new int[vector.get("tokens").size()];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = vector.get("tokens").get(i).intValue();
    }
    return tokens;
  }
}

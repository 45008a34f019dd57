package dev.rwkv.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class JsonTokenizerTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** 256 byte tokens from id 1, four merged ones, two added ones. */
  private static ObjectNode small() {
    ObjectNode root = JSON.createObjectNode().put("version", "1.0");
    root.set(
        "added_tokens",
        JSON.readTree(
            """
            [{"id": 0, "content": "<|endoftext|>", "single_word": false, "lstrip": false,
              "rstrip": false, "normalized": false, "special": true},
             {"id": 300, "content": "  日", "single_word": false, "lstrip": false,
              "rstrip": false, "normalized": true, "special": false}]
            """));
    root.putObject("normalizer").put("type", "NFC");
    root.putObject("pre_tokenizer").put("type", "ByteLevel").put("add_prefix_space", false);
    root.putObject("decoder").put("type", "ByteLevel");
    root.putObject("truncation")
        .put("max_length", 2)
        .put("strategy", "LongestFirst")
        .put("stride", 0);
    ObjectNode model = root.putObject("model").put("type", "BPE");
    ObjectNode vocabulary = model.putObject("vocab");
    for (int b = 0; b < 256; b++) {
      boolean printable = (b > 32 && b < 127) || (b > 160 && b != 173);
      vocabulary.put(String.valueOf((char) (printable ? b : 256 + unprintableBefore(b))), b + 1);
    }
    ArrayNode merges = model.putArray("merges");
    int id = 257;
    for (String[] pair : new String[][] {{"h", "e"}, {"t", "he"}, {"Ġ", "the"}, {"ä", "¸"}}) {
      vocabulary.put(pair[0] + pair[1], id++);
      merges.add(pair[0] + " " + pair[1]);
    }
    return root;
  }

  private static int unprintableBefore(int b) {
    return b <= 32 ? b : b <= 160 ? 33 + b - 127 : 67;
  }

  private static JsonTokenizer read(JsonNode root) {
    return JsonTokenizer.of(
        new VocabularyFile(
            "t.json", JSON.writeValueAsString(root).getBytes(StandardCharsets.UTF_8)),
        "small");
  }

  @Test
  void tokensAreBytesAndAddedTokensLiteralText() {
    JsonTokenizer tokenizer = read(small());
    for (int b = 0; b < 256; b++) {
      assertThat(tokenizer.bytes(b + 1)).containsExactly((byte) b);
    }
    assertThat(tokenizer.decode(0, 259, 260, 174)).isEqualTo("<|endoftext|> the中");
    assertThat(tokenizer.decode(300)).isEqualTo("  日");
    assertThat(tokenizer.size()).isEqualTo(301);
    assertThat(tokenizer.contains(299)).isFalse();
    assertThat(tokenizer.endOfText()).hasValue(0);
    assertThatThrownBy(() -> tokenizer.bytes(299))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("299");
  }

  @Test
  void textIsMergedAndNeitherTruncatedNorPadded() {
    JsonTokenizer tokenizer = read(small());
    assertThat(tokenizer.encode("the the  日x")).containsExactly(258, 259, 300, 'x' + 1);
    assertThat(tokenizer.encode("a<|endoftext|>")).containsExactly('a' + 1, 0);
    assertThat(tokenizer.encode("")).isEmpty();
    assertThat(tokenizer.encode("e\u0301")).isEqualTo(tokenizer.encode("é"));
    assertThat(tokenizer.encode("\0")).containsExactly(1);
  }

  @Property(tries = 300)
  void decodingGivesBackTheNormalisedText(@ForAll String text) {
    String valid = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    Tokenizer pile = Tokenizers.pile();
    // The library's tables of characters may be older than the JDK's.
    if (valid.codePoints().allMatch(c -> c < 0x2FF || (c >= 0x4E00 && c < 0x9FFF))) {
      assertThat(pile.decode(pile.encode(text)))
          .isEqualTo(Normalizer.normalize(valid, Normalizer.Form.NFC));
    } else {
      assertThat(pile.decode(pile.encode(text)).isEmpty()).isEqualTo(valid.isEmpty());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "/decoder | null | its decoder is missing",
        "/decoder | {`type`: `Metaspace`} | its decoder is 'Metaspace', but only 'ByteLevel'",
        "/model/type | `Unigram` | of type 'Unigram'",
        "/model/vocab | 3 | has no model.vocab",
        "/model/vocab | {} | has no model.vocab",
        "/model/vocab/a | -1 | the id of token 'a'",
        "/model/vocab/a | 1e9 | the id of token 'a'",
        "/model/vocab/日 | 400 | outside the byte alphabet",
        "/model/merges | [`h q`, `x`] | model.merges[0] is no pair",
        "/model/merges | [[`h`, `h`]] | model.merges[0] is no pair",
        "/model/continuing_subword_prefix | `##` | which byte-level BPE does not use",
        "/pre_tokenizer | null | has no pre-tokenizer 'ByteLevel'",
        "/pre_tokenizer | {`type`: `Metaspace`} | a pre-tokenizer 'Metaspace', which is not",
        "/pre_tokenizer/add_prefix_space | 5 | neither true nor false",
        "/normalizer | {`type`: `Replace`} | a normalizer 'Replace', which is not supported",
        "/normalizer | 7 | without a type",
        "/added_tokens | [{`id`: 9, `content`: `the`}] | 'the' has two ids",
        "/added_tokens | [{`id`: 7}] | an added token has no content",
        "/added_tokens | [{`id`: `7`, `content`: `x`}] | the id of token 'x'",
      })
  void filesOfAnotherKindAreRefusedWithAReason(String where, String value, String problem) {
    ObjectNode root = small();
    int name = where.lastIndexOf('/');
    ((ObjectNode) root.at(where.substring(0, name)))
        .set(where.substring(name + 1), JSON.readTree(value.replace('`', '"')));
    assertThatThrownBy(() -> read(root))
        .isInstanceOf(TokenizerException.class)
        .hasMessageStartingWith("t.json: ")
        .hasMessageContaining(problem);
  }

  @Test
  void whatIsNoJsonIsNamedByFileAndLine() {
    for (String content : new String[] {"{", "{\n]", "{\"a\": tru}", "[]", "7", "", "{}\u0000"}) {
      assertThatThrownBy(() ->
              JsonTokenizer.of(
                  new VocabularyFile("t.json", content.getBytes(StandardCharsets.UTF_8)), "t"))
          .isInstanceOf(TokenizerException.class)
          .hasMessageStartingWith("t.json: ")
          .hasMessageNotContaining("\n");
    }
  }

  /** The native library ends the process on some of these when it is given them unchecked. */
  @Property(tries = 400)
  void damagedFilesAreReadOrRefusedButNeverEndTheProcess(@ForAll long seed) {
    Random random = new Random(seed);
    ObjectNode root = small();
    for (int i = 0; i <= random.nextInt(3); i++) {
      damage(root, random);
    }
    byte[] content = JSON.writeValueAsString(root).getBytes(StandardCharsets.UTF_8);
    if (random.nextInt(4) == 0) {
      content[random.nextInt(content.length)] = (byte) random.nextInt(256);
    }
    try {
      JsonTokenizer.of(new VocabularyFile("t.json", content), "t")
          .encode("the  日 é\n <|endoftext|>");
    } catch (TokenizerException e) {
      assertThat(e.getMessage()).startsWith("t.json: ").doesNotContain("\n");
    }
  }

  private static void damage(JsonNode node, Random random) {
    List<JsonNode> values =
        List.of(
            JsonNodeFactory.instance.nullNode(),
            JsonNodeFactory.instance.numberNode(random.nextInt(400)),
            JsonNodeFactory.instance.numberNode(random.nextLong()),
            JsonNodeFactory.instance.stringNode(""),
            JsonNodeFactory.instance.stringNode("日\uD800"),
            JsonNodeFactory.instance.booleanNode(true),
            JsonNodeFactory.instance.objectNode(),
            JsonNodeFactory.instance.arrayNode());
    JsonNode value = values.get(random.nextInt(values.size()));
    if (node instanceof ObjectNode object && !object.isEmpty()) {
      List<String> names = new ArrayList<>(object.propertyNames());
      String name = names.get(random.nextInt(names.size()));
      if (object.get(name).isContainer() && random.nextInt(4) > 0) {
        damage(object.get(name), random);
      } else if (random.nextInt(3) == 0) {
        object.remove(name);
      } else {
        object.set(name, value);
      }
    } else if (node instanceof ArrayNode array && !array.isEmpty()) {
      int index = random.nextInt(array.size());
      if (array.get(index).isContainer() && random.nextInt(4) > 0) {
        damage(array.get(index), random);
      } else {
        array.set(index, value);
      }
    }
  }

  @Test
  void threadsMayShareATokenizer() throws Exception {
    Tokenizer pile = Tokenizers.pile();
    String text = "Threads may share a tokenizer: 中文 déjà vu, 123.\n".repeat(50);
    int[] expected = pile.encode(text);
    try (var pool = Executors.newFixedThreadPool(4)) {
      Callable<int[]> encode = () -> pile.encode(text);
      for (Future<int[]> result : pool.invokeAll(Collections.nCopies(40, encode))) {
        assertThat(result.get()).isEqualTo(expected);
      }
    }
  }

  @Test
  void loadingLeavesNoTraceInTheSystemProperties() {
    Set<Object> before = ourProperties();
    read(small());
    assertThat(ourProperties()).isEqualTo(before);
  }

  // Without those of JNA, which leaves some when it is loaded for the first time.
  private static Set<Object> ourProperties() {
    Set<Object> all = new HashSet<>(System.getProperties().entrySet());
    all.removeIf(property -> property.toString().startsWith("jn"));
    return all;
  }
}

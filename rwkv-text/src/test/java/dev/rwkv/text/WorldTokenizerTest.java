package dev.rwkv.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorldTokenizerTest {
  private static WorldTokenizer read(String content) {
    return WorldTokenizer.of(
        new VocabularyFile("vocab.txt", content.getBytes(StandardCharsets.UTF_8)), "test");
  }

  @Test
  void everyByteOfTheBuiltInVocabularyIsAToken() {
    Tokenizer world = Tokenizers.world();
    for (int b = 0; b < 256; b++) {
      assertThat(world.bytes(b + 1)).containsExactly((byte) b);
    }
  }

  @Property(tries = 500)
  void decodingGivesBackEveryValidText(@ForAll String text) {
    String valid = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    for (Tokenizer tokenizer : List.of(Tokenizers.world(), Tokenizers.bytes())) {
      assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(valid);
    }
  }

  @Test
  void unpairedSurrogatesAreEncodedAsJavaDoes() {
    for (Tokenizer tokenizer : List.of(Tokenizers.world(), Tokenizers.bytes(), Tokenizers.pile())) {
      assertThat(tokenizer.decode(tokenizer.encode("a\uD83Db\uDE00c😀"))).isEqualTo("a?b?c😀");
    }
  }

  /** Against the longest match found by trying all lengths in a map of strings. */
  @Property(tries = 500)
  void theLongestTokenIsTaken(
      @ForAll @Size(max = 20) List<@Size(min = 1, max = 5) List<@IntRange(max = 2) Integer>> keys,
      @ForAll @Size(max = 40) List<@IntRange(max = 2) Integer> text) {
    Map<String, Integer> vocabulary = new HashMap<>(Map.of("a", 1, "b", 2, "c", 3));
    keys.forEach(key -> vocabulary.putIfAbsent(letters(key), vocabulary.size() + 1));
    StringBuilder file = new StringBuilder();
    vocabulary.forEach((key, id) -> file.append(id + " '" + key + "' " + key.length() + "\n"));
    String input = letters(text);
    List<Integer> expected = new ArrayList<>();
    for (int at = 0; at < input.length(); ) {
      int end = input.length();
      while (!vocabulary.containsKey(input.substring(at, end))) {
        end--;
      }
      expected.add(vocabulary.get(input.substring(at, end)));
      at = end;
    }
    assertThat(read(file.toString()).encode(input))
        .containsExactly(expected.stream().mapToInt(i -> i).toArray());
  }

  private static String letters(List<Integer> numbers) {
    StringBuilder word = new StringBuilder();
    numbers.forEach(n -> word.append((char) ('a' + n)));
    return word.toString();
  }

  @Test
  void linesMayEndAsOnWindowsOrNotAtAll() {
    WorldTokenizer tokenizer = read("\uFEFF1 'a' 1\r\n\r\n2 'a b' 3\r\n5 '\\r\\n' 2");
    assertThat(tokenizer.encode("aa b\r\n")).containsExactly(1, 2, 5);
    assertThat(tokenizer.size()).isEqualTo(6);
    assertThat(tokenizer.contains(3)).isFalse();
  }

  @Test
  void endOfTextIsATokenWithoutBytesThatNoTextEncodesTo() {
    WorldTokenizer tokenizer = read("1 'a' 1\n");
    assertThat(tokenizer.bytes(0)).isEmpty();
    assertThat(tokenizer.decode(1, 0, 1)).isEqualTo("aa");
    assertThat(tokenizer.encode("")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "x 'a' 1, the id is not a number",
        "-1 'a' 1, the id is not a number",
        "99999999 'a' 1, the id is not a number",
        "0 'a' 1, id 0 ends a text",
        "3 'a' 2, has 1 bytes",
        "3 'a' x, the length is not a number",
        "3 '' 0, is empty",
        "3 'a', expected a line like",
        "3, expected a line like",
        "3 a 1, expected a literal in quotes",
        "3 'a 1, no closing quote",
        "3 'a'' 1, ends before",
        "2 'q' 1, was there before",
        "3 '\\q' 1, unknown escape",
        "3 b'\\u0041' 6, a bytes literal has no escape",
        "3 b'é' 1, only ASCII",
        "3 '\\ud800' 3, is no character",
        "3 '\\U00110000' 4, is no character",
        "3 '\\x4' 1, hexadecimal",
      })
  void wrongLinesAreNamedByFileAndNumber(String line, String problem) {
    assertThatThrownBy(() -> read("1 'a' 1\n2 'z' 1\n" + line + "\n4 'd' 1\n"))
        .isInstanceOf(TokenizerException.class)
        .hasMessageStartingWith("vocab.txt: line 3: ")
        .hasMessageContaining(problem);
  }

  @Test
  void malformedUtf8IsNamedByLine() {
    byte[] content = "1 'a' 1\n2 '\u00e9' 2\n".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> WorldTokenizer.of(new VocabularyFile("v", content), "v"))
        .hasMessage("v: line 2: is not UTF-8");
  }

  @Test
  void unknownTokensAndBytesAreNamed() {
    WorldTokenizer tokenizer = read("1 'a' 1\n3 'b' 1\n");
    for (int id : new int[] {2, 4, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      assertThatThrownBy(() -> tokenizer.bytes(id))
          .isInstanceOf(TokenizerException.class)
          .hasMessageStartingWith("token " + id + " is not in the tokenizer 'test'");
    }
    assertThatThrownBy(() -> tokenizer.encode("abz"))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("0x7a");
    assertThatThrownBy(() -> Tokenizers.bytes().bytes(256))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("256");
  }

  @Test
  void damagedFilesGiveTypedErrors(@TempDir Path folder) throws Exception {
    byte[] good =
        "1 'a' 1\n2 b'\\xff' 1\n3 \"it's\" 4\n4 '\\u00e9 ' 3\n".getBytes(StandardCharsets.UTF_8);
    Path file = folder.resolve("vocab.txt");
    for (int i = 0; i < good.length; i++) {
      for (int change : new int[] {0, ' ', '\n', '\'', '\\', '9', 0xFF}) {
        byte[] damaged = good.clone();
        damaged[i] = (byte) change;
        Files.write(file, damaged);
        try {
          WorldTokenizer.of(file);
        } catch (TokenizerException e) {
          assertThat(e.getMessage()).startsWith(file + ": ").doesNotContain("\n");
        }
      }
    }
  }
}

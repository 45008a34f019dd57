package dev.rwkv.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.error.InvalidArgumentException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class TextStreamTest {
  private static final List<String> STOPS = List.of("\n\nUser:", "中", "ab中", "aa", "😀\n");

  /** Bytes that meet often as characters, as broken characters and as beginnings of stop texts. */
  @Provide
  Arbitrary<byte[]> bytes() {
    List<byte[]> parts = new ArrayList<>();
    for (String s : List.of("a", "b", "\n", "\n\nUser:", "\n\nUs", "中", "😀", "é", "x")) {
      parts.add(s.getBytes(StandardCharsets.UTF_8));
    }
    for (int b :
        new int[] {
          0x80, 0xAD, 0xB8, 0xC0, 0xC3, 0xE0, 0xE4, 0xED, 0xA0, 0xF0, 0xF4, 0x9F, 0xF5, 0xFF
        }) {
      parts.add(new byte[] {(byte) b});
    }
    return Arbitraries.of(parts).list().ofMaxSize(30).map(TextStreamTest::join);
  }

  private static byte[] join(List<byte[]> parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    parts.forEach(all::writeBytes);
    return all.toByteArray();
  }

  private static List<byte[]> cut(byte[] bytes, long seed) {
    Random random = new Random(seed);
    List<byte[]> pieces = new ArrayList<>();
    for (int at = 0; at < bytes.length; ) {
      int end = Math.min(bytes.length, at + random.nextInt(5));
      pieces.add(Arrays.copyOfRange(bytes, at, end));
      at = end;
    }
    return pieces;
  }

  @Property(tries = 3000)
  void piecesTogetherAreWhatTheJdkDecodes(@ForAll("bytes") byte[] bytes, @ForAll long seed) {
    TextStream stream = TextStream.of(List.of());
    StringBuilder text = new StringBuilder();
    for (byte[] piece : cut(bytes, seed)) {
      text.append(stream.push(piece));
      assertThat(stream.held()).hasSizeLessThan(4);
    }
    text.append(stream.finish());
    assertThat(text).hasToString(new String(bytes, StandardCharsets.UTF_8));
    assertThat(stream.held()).isEmpty();
    assertThat(stream.released()).isEqualTo(bytes.length);
  }

  @Property(tries = 2000)
  void piecesTogetherAreWhatTheJdkDecodesOfAnyBytes(@ForAll byte[] bytes, @ForAll long seed) {
    piecesTogetherAreWhatTheJdkDecodes(bytes, seed);
  }

  @Property(tries = 3000)
  void theTextEndsBeforeTheFirstStopTextHoweverItIsCut(
      @ForAll("bytes") byte[] bytes, @ForAll long seed) {
    String[] expected = endOfText(bytes);
    TextStream stream = TextStream.of(STOPS);
    StringBuilder text = new StringBuilder();
    cut(bytes, seed).forEach(piece -> text.append(stream.push(piece)));
    text.append(stream.finish());
    assertThat(text).hasToString(expected[0]);
    assertThat(stream.stop().orElse(null)).isEqualTo(expected[1]);
  }

  /** The text and the stop, found by trying every prefix of the bytes: the first to be complete. */
  private static String[] endOfText(byte[] bytes) {
    for (int end = 1; end <= bytes.length; end++) {
      String found = null;
      for (String stop : STOPS) {
        byte[] wanted = stop.getBytes(StandardCharsets.UTF_8);
        if (wanted.length <= end
            && Arrays.equals(Arrays.copyOfRange(bytes, end - wanted.length, end), wanted)
            && (found == null || stop.length() > found.length())) {
          found = stop;
        }
      }
      if (found != null) {
        int length = end - found.getBytes(StandardCharsets.UTF_8).length;
        return new String[] {new String(bytes, 0, length, StandardCharsets.UTF_8), found};
      }
    }
    return new String[] {new String(bytes, StandardCharsets.UTF_8), null};
  }

  /** Whatever follows: also the rest of any stop text or of any character. */
  @Property(tries = 500)
  void nothingIsGivenOutThatIsTakenBackLater(@ForAll("bytes") byte[] bytes, @ForAll long seed) {
    TextStream stream = TextStream.of(STOPS);
    ByteArrayOutputStream pushed = new ByteArrayOutputStream();
    String text = "";
    for (byte[] piece : cut(bytes, seed)) {
      text += stream.push(piece);
      pushed.writeBytes(piece);
      for (String ending : List.of("\n\nUser:", "ab中", "aa", "中", "😀\n")) {
        byte[] rest = ending.getBytes(StandardCharsets.UTF_8);
        for (int from = 1; from < rest.length; from++) {
          byte[] future =
              join(List.of(pushed.toByteArray(), Arrays.copyOfRange(rest, from, rest.length)));
          assertThat(endOfText(future)[0]).startsWith(text);
        }
      }
    }
  }

  @Test
  void whatCannotBeTheBeginningOfAStopTextIsGivenOutAtOnce() {
    TextStream stream = TextStream.of(List.of("\n\nUser:"));
    assertThat(stream.push(utf8("Hello\n\nUs"))).isEqualTo("Hello");
    assertThat(stream.held()).isEqualTo(utf8("\n\nUs"));
    assertThat(stream.push(utf8("a"))).isEqualTo("\n\nUsa");
    assertThat(stream.push(utf8("\n\n\n"))).isEqualTo("\n");
    assertThat(stream.finish()).isEqualTo("\n\n");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Property(tries = 2000)
  void aStreamGoesOnFromTheBytesThatAnotherHeld(
      @ForAll("bytes") byte[] bytes, @ForAll long seed, @ForAll int where) {
    List<byte[]> pieces = cut(bytes, seed);
    int split = pieces.isEmpty() ? 0 : Math.floorMod(where, pieces.size());
    TextStream whole = TextStream.of(STOPS);
    TextStream first = TextStream.of(STOPS);
    TextStream second = TextStream.of(STOPS);
    String all = "";
    String parts = "";
    for (int i = 0; i < pieces.size(); i++) {
      all += whole.push(pieces.get(i));
      if (i == split && first.stop().isEmpty()) {
        assertThat(second.push(first.held())).isEmpty();
      }
      parts += (i < split ? first : second).push(pieces.get(i));
      if (whole.stop().isPresent()) {
        break;
      }
    }
    assertThat(parts).isEqualTo(all);
    assertThat((whole.stop().isPresent() && first.stop().isPresent() ? first : second).held())
        .isEqualTo(pieces.isEmpty() ? new byte[0] : whole.held());
  }

  @Test
  void afterAStopTextNothingComesAndTheRestIsHeld() {
    TextStream stream = TextStream.of(List.of("\n\n"));
    assertThat(stream.push(utf8("Hi.\n"))).isEqualTo("Hi.");
    assertThat(stream.push(utf8("\nUser"))).isEmpty();
    assertThat(stream.stop()).hasValue("\n\n");
    assertThat(stream.push(utf8("more"))).isEmpty();
    assertThat(stream.finish()).isEmpty();
    assertThat(stream.held()).isEqualTo(utf8("Usermore"));
    assertThat(stream.released()).isEqualTo(3);
  }

  @Test
  void impossibleStopTextsAreRefused() {
    assertThatThrownBy(() -> TextStream.of(List.of("a", "")))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageStartingWith("stop[1]: is empty");
    assertThatThrownBy(() -> TextStream.of(List.of("\uD800")))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("surrogate");
  }
}

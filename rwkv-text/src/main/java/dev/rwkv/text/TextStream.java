package dev.rwkv.text;

import dev.rwkv.error.InvalidArgumentException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of tokens into text as they arrive: never a part of a character, and never what
 * may turn out to be the beginning of a stop text.
 *
 * <p>It holds back the longer of two tails: an unfinished UTF-8 character, and the longest one that
 * a stop text begins with. All pieces together are what the JDK decodes from all bytes at once,
 * U+FFFD for what is no UTF-8 included, however the bytes were cut. For one thread at a time.
 */
public final class TextStream {
  private final List<String> stops;
  private final byte[][] stopBytes;
  private byte[] buffer = new byte[64];
  private int length;
  private long released;
  private @Nullable String stop;

  private TextStream(List<String> stops) {
    this.stops = stops;
    this.stopBytes =
        stops.stream().map(s -> s.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
  }

  /**
   * A stream that ends before the first of these texts. To go on where another stream was, {@link
   * #push} what it {@link #held}.
   *
   * @throws InvalidArgumentException if a stop text is empty or has an unpaired surrogate
   */
  public static TextStream of(Collection<String> stops) {
    return new TextStream(checkStops(stops));
  }

  static List<String> checkStops(Collection<String> stops) {
    List<String> checked = List.copyOf(stops);
    for (int i = 0; i < checked.size(); i++) {
      if (checked.get(i).isEmpty()) {
        throw new InvalidArgumentException("stop[" + i + "]", "is empty: give a text to stop at");
      }
      if (!StandardCharsets.UTF_8.newEncoder().canEncode(checked.get(i))) {
        throw new InvalidArgumentException(
            "stop[" + i + "]", "has an unpaired surrogate, which no text contains");
      }
    }
    return checked;
  }

  /**
   * Takes more bytes.
   *
   * @return the text that is now certain, possibly empty; always empty once a stop text was met
   */
  public String push(byte[] bytes) {
    if (stop != null) {
      append(bytes);
      return "";
    }
    int from = length;
    append(bytes);
    for (int end = from + 1; end <= length; end++) {
      int match = stopEndingAt(end);
      if (match >= 0) {
        stop = stops.get(match);
        return release(end - stopBytes[match].length, stopBytes[match].length);
      }
    }
    return release(length - Math.max(unfinishedCharacter(), beginningOfStop()), 0);
  }

  /** The stop text that was met, if any. */
  public Optional<String> stop() {
    return Optional.ofNullable(stop);
  }

  /**
   * The bytes that were pushed but are in no piece yet; after a stop text, those that followed it.
   */
  public byte[] held() {
    return Arrays.copyOf(buffer, length);
  }

  /** How many bytes went into pieces; those before a stop text once one was met. */
  public long released() {
    return released;
  }

  /**
   * Ends the text: what was held back is a piece after all, unless a stop text was met.
   *
   * @return the last piece, possibly empty
   */
  public String finish() {
    return stop == null ? release(length, 0) : "";
  }

  private void append(byte[] bytes) {
    if (length + bytes.length > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, length + bytes.length));
    }
    System.arraycopy(bytes, 0, buffer, length, bytes.length);
    length += bytes.length;
  }

  /** The first {@code count} bytes as text; drops them and {@code skip} more. */
  private String release(int count, int skip) {
    String text = new String(buffer, 0, count, StandardCharsets.UTF_8);
    int gone = count + skip;
    System.arraycopy(buffer, gone, buffer, 0, length - gone);
    length -= gone;
    released += count;
    return text;
  }

  /** The longest stop text that ends here, or −1. */
  private int stopEndingAt(int end) {
    int longest = -1;
    for (int i = 0; i < stopBytes.length; i++) {
      int size = stopBytes[i].length;
      if (size <= end
          && (longest < 0 || size > stopBytes[longest].length)
          && matches(stopBytes[i], end - size, size)) {
        longest = i;
      }
    }
    return longest;
  }

  /** The length of the longest tail that is the beginning of a stop text. */
  private int beginningOfStop() {
    int longest = 0;
    for (byte[] candidate : stopBytes) {
      for (int size = Math.min(candidate.length - 1, length); size > longest; size--) {
        if (matches(candidate, length - size, size)) {
          longest = size;
        }
      }
    }
    return longest;
  }

  private boolean matches(byte[] text, int from, int size) {
    return Arrays.equals(buffer, from, from + size, text, 0, size);
  }

  /**
   * The length of the tail that begins a UTF-8 character without ending it.
   *
   * <p>Goes by the lead byte alone. To cut before a lead byte is always safe: a decoder that meets
   * it inside a malformed character begins anew there.
   */
  private int unfinishedCharacter() {
    for (int size = 1; size <= Math.min(3, length); size++) {
      int b = Byte.toUnsignedInt(buffer[length - size]);
      if (b >= 0xC0) {
        int whole = b >= 0xF8 ? 1 : b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
        return size < whole ? size : 0;
      }
      if (b < 0x80) {
        return 0;
      }
    }
    return 0;
  }
}

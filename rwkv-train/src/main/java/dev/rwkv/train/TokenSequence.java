package dev.rwkv.train;

import dev.rwkv.text.ByteTokenizer;
import dev.rwkv.text.Tokenizer;
import dev.rwkv.text.TokenizerException;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The tokens of a text, mapped, not on the heap: a text of bytes is its own tokens; others are
 * written to a temporary file, four bytes a token.
 *
 * <p>A text is tokenised in parts of about a mebibyte that end with a line after which another one
 * begins, so that no usual token is cut. Reading is safe for any thread.
 */
final class TokenSequence {
  private static final ValueLayout.OfInt ID =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final int PART_BYTES = 1 << 20;

  private final MemorySegment data;
  private final boolean bytes;

  private TokenSequence(MemorySegment data, boolean bytes) {
    this.data = data;
    this.bytes = bytes;
  }

  /**
   * The tokens of a mapped text.
   *
   * @param file for messages
   * @param arena owns what is mapped
   * @throws TrainingException if the text is not UTF-8, unless tokens are bytes
   */
  static TokenSequence of(Path file, MemorySegment text, Tokenizer tokenizer, Arena arena) {
    if (tokenizer instanceof ByteTokenizer) {
      return new TokenSequence(text, true);
    }
    try {
      Path temporary = Files.createTempFile("rwkv-tokens-", ".tmp");
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE)) {
        try (OutputStream out = Channels.newOutputStream(channel)) {
          DataOutputStream tokens = new DataOutputStream(new BufferedOutputStream(out, 1 << 16));
          tokenise(file, text, tokenizer, tokens);
          tokens.flush();
          return new TokenSequence(
              channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena), false);
        }
      }
    } catch (IOException e) {
      throw new TrainingException(
          file
              + ": its tokens cannot be written to "
              + System.getProperty("java.io.tmpdir")
              + ": "
              + e.getMessage()
              + "; make room, or choose another folder with RWKV_JAVA_OPTS=-Djava.io.tmpdir=DIR",
          e);
    }
  }

  private static void tokenise(
      Path file, MemorySegment text, Tokenizer tokenizer, DataOutputStream out) throws IOException {
    long from = 0;
    while (from < text.byteSize()) {
      long to = partEnd(text, from);
      for (int token : encode(file, text, from, to, tokenizer)) {
        out.writeInt(token);
      }
      from = to;
    }
  }

  private static int[] encode(
      Path file, MemorySegment text, long from, long to, Tokenizer tokenizer) {
    ByteBuffer part = text.asSlice(from, to - from).asByteBuffer();
    try {
      return tokenizer.encode(StandardCharsets.UTF_8.newDecoder().decode(part).toString());
    } catch (CharacterCodingException e) {
      throw new TrainingException(
          file
              + ": is not UTF-8 between bytes "
              + from
              + " and "
              + to
              + ": repair it, or use the tokenizer 'bytes'",
          e);
    } catch (TokenizerException e) {
      throw new TrainingException(file + ": " + e.getMessage(), e);
    }
  }

  /** After the last line end whose next byte begins a word; else where a character begins. */
  private static long partEnd(MemorySegment text, long from) {
    long size = text.byteSize();
    long limit = from + PART_BYTES;
    if (limit >= size) {
      return size;
    }
    for (long to = limit; to > from + 1; to--) {
      if (at(text, to - 1) == '\n' && at(text, to) > ' ') {
        return to;
      }
    }
    long to = limit;
    while (to > from + 1 && (at(text, to) & 0xC0) == 0x80) {
      to--;
    }
    return to;
  }

  private static int at(MemorySegment text, long index) {
    return Byte.toUnsignedInt(text.get(ValueLayout.JAVA_BYTE, index));
  }

  /** How many tokens there are. */
  long size() {
    return bytes ? data.byteSize() : data.byteSize() / Integer.BYTES;
  }

  /** The token at an index. */
  int get(long index) {
    return bytes ? at(data, index) : data.get(ID, index * Integer.BYTES);
  }
}

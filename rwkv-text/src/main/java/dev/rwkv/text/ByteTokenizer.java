package dev.rwkv.text;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** One token a byte of UTF-8, as tiny test models use. Safe for any thread. */
public final class ByteTokenizer implements Tokenizer {
  static final int SIZE = 256;

  /** The one and only kind of it. */
  public ByteTokenizer() {}

  @Override
  public String name() {
    return "bytes";
  }

  @Override
  public int size() {
    return SIZE;
  }

  @Override
  public int[] encode(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[utf8.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = Byte.toUnsignedInt(utf8[i]);
    }
    return ids;
  }

  @Override
  public byte[] bytes(int id) {
    if (!contains(id)) {
      throw new TokenizerException(
          "token " + id + " is not a byte: the ids of the tokenizer 'bytes' are 0 to 255");
    }
    return new byte[] {(byte) id};
  }

  @Override
  public boolean contains(int id) {
    return id >= 0 && id < SIZE;
  }

  /** Empty: every id is a byte of text. */
  @Override
  public OptionalInt endOfText() {
    return OptionalInt.empty();
  }
}

package dev.rwkv.text;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The bytes of every token of a vocabulary, by id. */
final class TokenTable {
  /** Larger ids are a mistake in the file: no model has a vocabulary of this size. */
  static final int LARGEST_ID = (1 << 24) - 1;

  private final String tokenizer;
  private byte[] @Nullable [] bytes = new byte[1 << 16][];
  private int size;

  /**
   * An empty table.
   *
   * @param tokenizer names the tokenizer in messages
   */
  TokenTable(String tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** Adds or replaces a token; its id is in [0, {@value #LARGEST_ID}]. */
  void put(int id, byte[] value) {
    if (id >= bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.min(LARGEST_ID + 1, Math.max(2 * bytes.length, id + 1)));
    }
    bytes[id] = value;
    size = Math.max(size, id + 1);
  }

  /** The largest id plus one. */
  int size() {
    return size;
  }

  boolean contains(int id) {
    return id >= 0 && id < size && bytes[id] != null;
  }

  byte[] get(int id) {
    byte[] found = id >= 0 && id < size ? bytes[id] : null;
    if (found == null) {
      throw new TokenizerException(
          "token "
              + id
              + " is not in the tokenizer '"
              + tokenizer
              + "', whose ids are below "
              + size
              + ": give the tokenizer that belongs to the model");
    }
    return found.clone();
  }
}

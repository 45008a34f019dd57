package dev.rwkv.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/**
 * Turns text into token ids and back.
 *
 * <p>Safe for any thread. A token is a string of bytes, not of characters: it may end inside a
 * UTF-8 character, so text that arrives token by token goes through a {@link TextStream}.
 */
public interface Tokenizer {

  /** What it is called, for messages: {@code world}, or the name of its file. */
  String name();

  /** The largest token id plus one; ids below it may be missing, see {@link #contains}. */
  int size();

  /**
   * The tokens of a text. An unpaired surrogate is encoded as '?', as Java's own UTF-8 encoder
   * does.
   *
   * @throws TokenizerException if the vocabulary has no token for some byte of the text
   */
  int[] encode(String text);

  /**
   * The bytes that a token stands for, in a new array; empty for a token without text.
   *
   * @throws TokenizerException if there is no such token
   */
  byte[] bytes(int id);

  /** Whether there is a token of this id. */
  default boolean contains(int id) {
    try {
      bytes(id);
      return true;
    } catch (TokenizerException e) {
      return false; // the only way to ask an implementation that does not know better
    }
  }

  /**
   * The text of a sequence of tokens; bytes that are no UTF-8 become U+FFFD.
   *
   * @throws TokenizerException if a token does not exist
   */
  default String decode(int... ids) {
    ByteArrayOutputStream all = new ByteArrayOutputStream(8 * ids.length);
    for (int id : ids) {
      all.writeBytes(bytes(id));
    }
    return all.toString(StandardCharsets.UTF_8);
  }

  /** The token that ends a text and begins the next, if the vocabulary has one. */
  OptionalInt endOfText();
}

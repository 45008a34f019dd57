package dev.rwkv.text;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * The tokenizer of the World models: greedy longest match over the bytes of UTF-8. Safe for any
 * thread.
 *
 * <p>The file has a line a token, {@code id literal byteLength}, with a Python literal that may
 * hold spaces. Id 0 ends a text; it is not in the file and stands for no bytes. Reference: {@code
 * rwkv_tokenizer.py} in BlinkDL/ChatRWKV.
 */
public final class WorldTokenizer implements Tokenizer {
  private static final int END_OF_TEXT = 0;

  private final String name;
  private final TokenTable table;
  private final ByteTrie trie;

  private WorldTokenizer(String name, TokenTable table, ByteTrie trie) {
    this.name = name;
    this.table = table;
    this.trie = trie;
  }

  /**
   * Reads a vocabulary file.
   *
   * @throws TokenizerException if it is missing or wrong; the message names the line
   */
  public static WorldTokenizer of(Path file) {
    return of(VocabularyFile.read(file), file.getFileName().toString());
  }

  static WorldTokenizer of(VocabularyFile file, String name) {
    TokenTable table = new TokenTable(name);
    ByteTrie trie = new ByteTrie();
    table.put(END_OF_TEXT, new byte[0]);
    String text = file.text();
    int number = 1;
    int from = text.startsWith("\uFEFF") ? 1 : 0;
    while (from < text.length()) {
      int end = text.indexOf('\n', from);
      end = end < 0 ? text.length() : end;
      String line =
          text.substring(from, end > from && text.charAt(end - 1) == '\r' ? end - 1 : end);
      try {
        readLine(line, table, trie);
      } catch (IllegalArgumentException e) {
        throw new TokenizerException(file.label() + ": line " + number + ": " + e.getMessage(), e);
      }
      from = end + 1;
      number++;
    }
    if (table.size() == 1) {
      throw new TokenizerException(
          file.label() + ": holds no tokens: expected lines like  33155 'Hello' 5");
    }
    return new WorldTokenizer(name, table, trie);
  }

  private static void readLine(String line, TokenTable table, ByteTrie trie) {
    if (line.isEmpty()) {
      return;
    }
    int first = line.indexOf(' ');
    int last = line.lastIndexOf(' ');
    if (first < 0 || first == last) {
      throw new IllegalArgumentException("expected a line like  33155 'Hello' 5");
    }
    int id = number("the id", line.substring(0, first), TokenTable.LARGEST_ID);
    byte[] bytes = PythonLiteral.bytes(line.substring(first + 1, last));
    int length = number("the length", line.substring(last + 1), Integer.MAX_VALUE);
    if (id == END_OF_TEXT) {
      throw new IllegalArgumentException("id 0 ends a text and cannot be a token of the file");
    }
    if (bytes.length == 0) {
      throw new IllegalArgumentException("token " + id + " is empty");
    }
    if (bytes.length != length) {
      throw new IllegalArgumentException(
          "token " + id + " has " + bytes.length + " bytes, but the line says " + length);
    }
    if (table.contains(id)) {
      throw new IllegalArgumentException("token " + id + " was there before");
    }
    if (!trie.put(bytes, id)) {
      throw new IllegalArgumentException(
          "the tokens up to here are more than a vocabulary can hold: is it the right file?");
    }
    table.put(id, bytes);
  }

  private static int number(String what, String field, int largest) {
    try {
      int value = Integer.parseInt(field);
      if (value >= 0 && value <= largest) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Falls through to the one message for everything that is no such number.
    }
    throw new IllegalArgumentException(what + " is not a number from 0 to " + largest);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int size() {
    return table.size();
  }

  @Override
  public int[] encode(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[Math.min(utf8.length, 16 + utf8.length / 2)];
    int count = 0;
    for (int at = 0; at < utf8.length; ) {
      long match = trie.longest(utf8, at);
      if (match == ByteTrie.NONE) {
        throw new TokenizerException(
            String.format(
                "the tokenizer '%s' has no token for byte 0x%02x: its vocabulary is incomplete",
                name, utf8[at]));
      }
      if (count == ids.length) {
        ids = Arrays.copyOf(ids, Math.min(utf8.length, 2 * count));
      }
      ids[count++] = (int) (match >>> 32);
      at += (int) match;
    }
    return Arrays.copyOf(ids, count);
  }

  @Override
  public byte[] bytes(int id) {
    return table.get(id);
  }

  @Override
  public boolean contains(int id) {
    return table.contains(id);
  }

  /** Token 0. */
  @Override
  public OptionalInt endOfText() {
    return OptionalInt.of(END_OF_TEXT);
  }
}

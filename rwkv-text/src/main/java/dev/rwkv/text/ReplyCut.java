package dev.rwkv.text;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Where a stop text cuts the tokens of a reply, which need not be between two of them.
 *
 * @param tokens how many tokens are in the reply as a whole
 * @param rest the bytes between these tokens and the stop text
 */
record ReplyCut(int tokens, byte[] rest) {

  /**
   * Finds the cut.
   *
   * @param reply all tokens that were generated; the stop text ends with the last
   * @param bytes how many bytes of them are before the stop text
   */
  static ReplyCut at(Tokenizer tokenizer, int[] reply, long bytes) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int whole = 0;
    int wholeBytes = 0;
    for (int i = 0; i < reply.length; i++) {
      byte[] token = tokenizer.bytes(reply[i]);
      // The rest is encoded anew as text, so it may not begin inside a character.
      if (all.size() <= bytes && token.length > 0 && (token[0] & 0xC0) != 0x80) {
        whole = i;
        wholeBytes = all.size();
      }
      all.writeBytes(token);
    }
    return new ReplyCut(whole, Arrays.copyOfRange(all.toByteArray(), wholeBytes, (int) bytes));
  }
}

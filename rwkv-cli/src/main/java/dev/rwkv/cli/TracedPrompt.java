package dev.rwkv.cli;

import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.text.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * A prompt, and which of its tokens name the subject.
 *
 * @param tokens of the prompt, [T]
 * @param subjectFrom the first token with a byte of the subject's first occurrence
 * @param subjectTo the token after the last one
 */
record TracedPrompt(int[] tokens, int subjectFrom, int subjectTo) {

  /**
   * Looks for the subject.
   *
   * @throws InvalidArgumentException if prompt or subject are empty, or the one is not in the other
   */
  static TracedPrompt of(Tokenizer tokenizer, String prompt, String subject) {
    if (prompt.isEmpty()) {
      throw new InvalidArgumentException("PROMPT", "it is empty: give a text with the subject");
    }
    if (subject.isEmpty()) {
      throw new InvalidArgumentException("--subject", "it is empty: give a part of the prompt");
    }
    int[] tokens = tokenizer.encode(prompt);
    // By the bytes of tokens on both sides, because a tokenizer may normalise what it is given.
    byte[] text = bytes(tokenizer, tokens);
    byte[] wanted = bytes(tokenizer, tokenizer.encode(subject));
    int at = indexOf(text, wanted);
    if (at < 0) {
      throw new InvalidArgumentException(
          "--subject", "'" + subject + "' is not in the prompt '" + prompt + "'");
    }
    int from = tokens.length;
    int to = 0;
    int begin = 0;
    for (int t = 0; t < tokens.length; t++) {
      int end = begin + tokenizer.bytes(tokens[t]).length;
      if (begin < at + wanted.length && end > at) {
        from = Math.min(from, t);
        to = t + 1;
      }
      begin = end;
    }
    return new TracedPrompt(tokens, from, to);
  }

  private static byte[] bytes(Tokenizer tokenizer, int[] tokens) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int token : tokens) {
      all.writeBytes(tokenizer.bytes(token));
    }
    return all.toByteArray();
  }

  private static int indexOf(byte[] text, byte[] wanted) {
    for (int at = 0; wanted.length > 0 && at + wanted.length <= text.length; at++) {
      if (Arrays.equals(text, at, at + wanted.length, wanted, 0, wanted.length)) {
        return at;
      }
    }
    return -1;
  }

  boolean isSubject(int token) {
    return token >= subjectFrom && token < subjectTo;
  }
}

package dev.rwkv.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a {@code tokenizer.json} says about the bytes of its tokens.
 *
 * <p>Byte-level BPE writes the 256 bytes as 256 printable characters, so that tokens can be JSON
 * strings; added tokens are literal text instead. Reference: {@code bytes_to_unicode} of GPT-2.
 *
 * @param table the bytes of every token
 * @param endOfText the token that ends a text
 * @param forEncoding the file rewritten for the native library: valid JSON with the parts alone
 *     that encoding needs
 */
record JsonVocabulary(TokenTable table, OptionalInt endOfText, byte[] forEncoding) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** The byte of each character of the alphabet, or −1. */
  private static final short[] BYTE_OF = alphabet();

  private static short[] alphabet() {
    short[] byteOf = new short[0x144];
    Arrays.fill(byteOf, (short) -1);
    char next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xFF && b != 0xAD);
      byteOf[printable ? b : next++] = (short) b;
    }
    return byteOf;
  }

  /**
   * Reads and checks a tokenizer file.
   *
   * @throws TokenizerException if it is no JSON, or no byte-level BPE tokenizer
   */
  static JsonVocabulary read(VocabularyFile file, String name) {
    ObjectNode root = parse(file);
    requireByteLevelBpe(file, root);
    TokenTable table = new TokenTable(name);
    for (Map.Entry<String, JsonNode> token : root.path("model").path("vocab").properties()) {
      table.put(id(file, token.getKey(), token.getValue()), bytes(file, token.getKey()));
    }
    OptionalInt endOfText = OptionalInt.empty();
    for (JsonNode added : root.path("added_tokens")) {
      JsonNode content = added.path("content");
      if (!content.isString() || content.stringValue().isEmpty()) {
        throw new TokenizerException(
            file.label() + ": an added token has no content: the file is damaged");
      }
      String text = content.stringValue();
      int id = id(file, text, added.path("id"));
      table.put(id, text.getBytes(StandardCharsets.UTF_8));
      if (text.equals("<|endoftext|>")) {
        endOfText = OptionalInt.of(id);
      }
    }
    return new JsonVocabulary(table, endOfText, EncoderJson.of(file, root));
  }

  private static ObjectNode parse(VocabularyFile file) {
    try {
      if (JSON.readTree(file.text()) instanceof ObjectNode root) {
        return root;
      }
      throw new TokenizerException(file.label() + ": is not a JSON object");
    } catch (JacksonException e) {
      TokenStreamLocation at = e.getLocation();
      throw new TokenizerException(
          file.label()
              + ": "
              + (at == null ? "" : "line " + at.getLineNr() + ": ")
              + "is not JSON: "
              + e.getOriginalMessage(),
          e);
    }
  }

  private static void requireByteLevelBpe(VocabularyFile file, ObjectNode root) {
    JsonNode model = root.path("model");
    String type = model.path("type").asString("BPE");
    if (!model.path("vocab").isObject() || model.path("vocab").isEmpty()) {
      throw new TokenizerException(
          file.label()
              + ": has no model.vocab: is it a tokenizer.json of Hugging Face tokenizers?");
    }
    if (!type.equals("BPE")) {
      throw new TokenizerException(
          file.label()
              + ": is a tokenizer of type '"
              + type
              + "', but only byte-level BPE is supported: give the tokenizer of the model");
    }
    JsonNode decoder = root.path("decoder").path("type");
    if (!decoder.isString() || !decoder.stringValue().equals("ByteLevel")) {
      throw new TokenizerException(
          file.label()
              + ": its decoder is "
              + (decoder.isString() ? "'" + decoder.stringValue() + "'" : "missing")
              + ", but only 'ByteLevel' tells the bytes of every token: give the tokenizer of the"
              + " model");
    }
  }

  private static int id(VocabularyFile file, String token, JsonNode id) {
    if (!id.isInt() || id.intValue() < 0 || id.intValue() > TokenTable.LARGEST_ID) {
      throw new TokenizerException(
          file.label()
              + ": the id of token '"
              + token
              + "' is not a number from 0 to "
              + TokenTable.LARGEST_ID);
    }
    return id.intValue();
  }

  private static byte[] bytes(VocabularyFile file, String token) {
    byte[] bytes = new byte[token.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = token.charAt(i);
      if (c >= BYTE_OF.length || BYTE_OF[c] < 0) {
        throw new TokenizerException(
            file.label()
                + ": token '"
                + token
                + "' has a character outside the byte alphabet of ByteLevel: the file is damaged");
      }
      bytes[i] = (byte) BYTE_OF[c];
    }
    return bytes;
  }
}

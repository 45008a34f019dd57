package dev.rwkv.text;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a {@code tokenizer.json} anew for the native library: only what encoding needs, and only
 * what was checked.
 *
 * <p>The library does not report everything that is wrong with a file: a merge of unknown tokens is
 * an error, but a wrong prefix or a cut-off escape ends the whole process.
 */
final class EncoderJson {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final List<String> ADDED_TOKEN_FLAGS =
      List.of("single_word", "lstrip", "rstrip", "normalized", "special");
  private static final Set<String> NORMALIZERS = Set.of("NFC", "NFD", "NFKC", "NFKD", "Lowercase");

  private final VocabularyFile file;
  private final ObjectNode root;
  private boolean mapsBytes;

  private EncoderJson(VocabularyFile file, ObjectNode root) {
    this.file = file;
    this.root = root;
  }

  /**
   * Rewrites a file whose vocabulary and added tokens were checked.
   *
   * @throws TokenizerException if it has a part that is unknown or wrong
   */
  static byte[] of(VocabularyFile file, ObjectNode root) {
    return new EncoderJson(file, root).write();
  }

  private byte[] write() {
    ObjectNode written = JSON.createObjectNode().put("version", "1.0");
    written.set("added_tokens", addedTokens());
    written.set("normalizer", normalizer(root.path("normalizer")));
    written.set("pre_tokenizer", preTokenizer(root.path("pre_tokenizer")));
    if (!mapsBytes) {
      throw problem("has no pre-tokenizer 'ByteLevel', so it is no byte-level BPE", null);
    }
    written.set("model", model(root.path("model")));
    try {
      return JSON.writeValueAsBytes(written);
    } catch (JacksonException e) {
      throw problem("holds a text that is not Unicode: " + e.getOriginalMessage(), e);
    }
  }

  private ArrayNode addedTokens() {
    ArrayNode written = JSON.createArrayNode();
    for (JsonNode token : root.path("added_tokens")) {
      ObjectNode added = written.addObject();
      added.set("id", token.path("id"));
      added.set("content", token.path("content"));
      for (String flag : ADDED_TOKEN_FLAGS) {
        added.put(flag, flag(token, flag, false));
      }
    }
    return written;
  }

  private JsonNode normalizer(JsonNode node) {
    if (absent(node)) {
      return JSON.nullNode();
    }
    String type = type(node);
    ObjectNode written = JSON.createObjectNode().put("type", type);
    if (type.equals("Sequence")) {
      ArrayNode parts = written.putArray("normalizers");
      node.path("normalizers").forEach(part -> parts.add(normalizer(part)));
      return written;
    }
    if (!NORMALIZERS.contains(type)) {
      throw problem("has a normalizer '" + type + "', which is not supported", null);
    }
    return written;
  }

  private JsonNode preTokenizer(JsonNode node) {
    if (absent(node)) {
      return JSON.nullNode();
    }
    String type = type(node);
    ObjectNode written = JSON.createObjectNode().put("type", type);
    switch (type) {
      case "ByteLevel" -> {
        mapsBytes = true;
        written
            .put("add_prefix_space", flag(node, "add_prefix_space", true))
            .put("trim_offsets", true)
            .put("use_regex", flag(node, "use_regex", true));
      }
      case "Digits" -> written.put("individual_digits", flag(node, "individual_digits", false));
      case "Sequence" -> {
        ArrayNode parts = written.putArray("pretokenizers");
        node.path("pretokenizers").forEach(part -> parts.add(preTokenizer(part)));
      }
      default -> throw problem("has a pre-tokenizer '" + type + "', which is not supported", null);
    }
    return written;
  }

  private ObjectNode model(JsonNode model) {
    for (String part : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
      if (!absent(model.path(part)) && !model.path(part).asString("").isEmpty()) {
        throw problem("has a model." + part + ", which byte-level BPE does not use", null);
      }
    }
    ObjectNode written = JSON.createObjectNode().put("type", "BPE");
    JsonNode unknown = model.path("unk_token");
    written.set("unk_token", unknown.isString() ? unknown : JSON.nullNode());
    written.put("ignore_merges", flag(model, "ignore_merges", false));
    written.set("vocab", vocabulary(model));
    written.set("merges", merges(model));
    return written;
  }

  // The library numbers added tokens anew, behind the vocabulary, unless they are part of it.
  private ObjectNode vocabulary(JsonNode model) {
    ObjectNode written = (ObjectNode) model.path("vocab").deepCopy();
    for (JsonNode token : root.path("added_tokens")) {
      String content = token.path("content").stringValue();
      JsonNode known = written.get(content);
      if (known != null && known.intValue() != token.path("id").intValue()) {
        throw problem("token '" + content + "' has two ids: the file is damaged", null);
      }
      written.set(content, token.path("id"));
    }
    return written;
  }

  private ArrayNode merges(JsonNode model) {
    ArrayNode written = JSON.createArrayNode();
    JsonNode vocabulary = model.path("vocab");
    int index = 0;
    for (JsonNode merge : model.path("merges")) {
      // Older files write "a b", newer ones ["a", "b"].
      String[] pair =
          merge.isString()
              ? merge.stringValue().split(" ", -1)
              : new String[] {merge.path(0).asString(""), merge.path(1).asString("")};
      if (pair.length != 2
          || pair[0].isEmpty()
          || !vocabulary.has(pair[0])
          || !vocabulary.has(pair[1])
          || !vocabulary.has(pair[0] + pair[1])) {
        throw problem(
            "model.merges["
                + index
                + "] is no pair of tokens of the vocabulary: the file is damaged",
            null);
      }
      written.addArray().add(pair[0]).add(pair[1]);
      index++;
    }
    return written;
  }

  private String type(JsonNode node) {
    if (!node.path("type").isString()) {
      throw problem("has a normalizer or pre-tokenizer without a type", null);
    }
    return node.path("type").stringValue();
  }

  private boolean flag(JsonNode node, String name, boolean absent) {
    JsonNode flag = node.path(name);
    if (absent(flag)) {
      return absent;
    }
    if (!flag.isBoolean()) {
      throw problem("'" + name + "' is neither true nor false", null);
    }
    return flag.booleanValue();
  }

  private static boolean absent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  private TokenizerException problem(String what, @Nullable Throwable cause) {
    return new TokenizerException(file.label() + ": " + what, cause);
  }
}

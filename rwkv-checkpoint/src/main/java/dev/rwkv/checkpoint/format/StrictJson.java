package dev.rwkv.checkpoint.format;

import dev.rwkv.error.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonFactoryBuilder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How JSON from strangers is read: no name twice in an object, and bounds on depth and on the
 * number of tokens, so that no document can exhaust stack or heap.
 */
public final class StrictJson {
  /** Deeper than any header or configuration. */
  private static final int MAX_DEPTH = 32;

  /** About a hundred thousand tensors in a safetensors header. */
  private static final int MAX_TOKENS = 2_000_000;

  private static final int MAX_FILE_BYTES = 16 << 20;

  private StrictJson() {}

  /** A factory of parsers. Thread-safe. */
  public static JsonFactory factory() {
    return new JsonFactoryBuilder()
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxTokenCount(MAX_TOKENS)
                .build())
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        // Names come from strangers: they must not stay in tables that outlive the document.
        .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
        .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
        .build();
  }

  /**
   * Reads a small file that holds one JSON object: a configuration or an index.
   *
   * @throws CheckpointException if it cannot be read, is too large or is no JSON object
   */
  public static JsonNode tree(Path file) {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new CheckpointException(
            file, "takes more than %d bytes: no index of a model does".formatted(MAX_FILE_BYTES));
      }
      JsonNode tree = Trees.MAPPER.readTree(Files.readAllBytes(file));
      if (!tree.isObject()) {
        throw new CheckpointException(file, "is no JSON object");
      }
      return tree;
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read: " + e.getMessage(), e);
    } catch (JacksonException e) {
      throw damaged(file, "the file", e);
    }
  }

  /** Says that {@code what} of {@code file} cannot be read, and where. */
  public static CheckpointException damaged(Path file, String what, JacksonException cause) {
    String place =
        cause.getLocation() == null || cause.getLocation().getLineNr() < 1
            ? ""
            : " (line %d, column %d)"
                .formatted(cause.getLocation().getLineNr(), cause.getLocation().getColumnNr());
    return new CheckpointException(
        file, what + " cannot be read as JSON: " + cause.getOriginalMessage() + place, cause);
  }

  // A class of its own: parsers alone need no mapper, and one brings hundreds of classes.
  private static final class Trees {
    static final JsonMapper MAPPER = JsonMapper.builder(factory()).build();
  }
}

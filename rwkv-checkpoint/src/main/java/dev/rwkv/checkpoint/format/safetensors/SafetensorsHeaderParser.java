package dev.rwkv.checkpoint.format.safetensors;

import dev.rwkv.checkpoint.format.StrictJson;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.util.ByteBufferBackedInputStream;

/**
 * Turns the JSON of a header into entries, token by token: a header may be 100 MB, of which a tree
 * would take many times as much.
 */
final class SafetensorsHeaderParser {
  private static final JsonFactory JSON = StrictJson.factory();
  private static final Map<String, DType> DTYPES =
      new TreeMap<>(
          Map.of(
              "F64",
              DType.F64,
              "F32",
              DType.F32,
              "F16",
              DType.F16,
              "BF16",
              DType.BF16,
              "I64",
              DType.I64));
  private static final String SUPPORTED_DTYPES = String.join(", ", DTYPES.keySet());

  /** More dimensions than any tensor of a model has. */
  private static final int MAX_RANK = 8;

  private final Path file;

  SafetensorsHeaderParser(Path file) {
    this.file = file;
  }

  SafetensorsHeader parse(MemorySegment header, long dataStart) {
    List<SafetensorsHeader.Entry> entries = new ArrayList<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    try (JsonParser json =
        JSON.createParser(
            ObjectReadContext.empty(), new ByteBufferBackedInputStream(header.asByteBuffer()))) {
      require(json.nextToken() == JsonToken.START_OBJECT, null, "the header is no JSON object");
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        if (name.equals("__metadata__")) {
          require(value == JsonToken.START_OBJECT, null, "__metadata__ is no JSON object");
          metadata(json, metadata);
        } else {
          require(value == JsonToken.START_OBJECT, name, "its header entry is no JSON object");
          entries.add(entry(json, name));
        }
      }
      require(json.nextToken() == null, null, "something follows the JSON object of the header");
    } catch (JacksonException e) {
      throw StrictJson.damaged(file, "the header", e);
    }
    return new SafetensorsHeader(dataStart, entries, metadata);
  }

  private void metadata(JsonParser json, Map<String, String> metadata) {
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      require(
          json.nextToken() == JsonToken.VALUE_STRING,
          null,
          "the value of '%s' in __metadata__ is no string",
          key);
      metadata.put(key, json.getString());
    }
  }

  private SafetensorsHeader.Entry entry(JsonParser json, String name) {
    @Nullable DType dtype = null;
    long @Nullable [] shape = null;
    long @Nullable [] offsets = null;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      JsonToken value = json.nextToken();
      switch (key) {
        case "dtype" -> {
          require(value == JsonToken.VALUE_STRING, name, "its dtype is no string");
          dtype = DTYPES.get(json.getString());
          require(
              dtype != null,
              name,
              "dtype '%s' is not supported; supported are %s",
              json.getString(),
              SUPPORTED_DTYPES);
        }
        case "shape" -> shape = numbers(json, value, name, key);
        case "data_offsets" -> offsets = numbers(json, value, name, key);
        // The reference implementation ignores other keys as well.
        default -> json.skipChildren();
      }
    }
    if (dtype == null || shape == null || offsets == null || offsets.length != 2) {
      throw new CheckpointException(
          file, name, "its header entry lacks dtype, shape or two data_offsets", null);
    }
    try {
      return new SafetensorsHeader.Entry(name, dtype, Shape.of(shape), offsets[0], offsets[1]);
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(file, name, String.valueOf(e.getMessage()), e);
    }
  }

  private long[] numbers(JsonParser json, JsonToken value, String name, String key) {
    require(value == JsonToken.START_ARRAY, name, "its %s is no array", key);
    long[] numbers = new long[MAX_RANK];
    int count = 0;
    for (JsonToken t = json.nextToken(); t != JsonToken.END_ARRAY; t = json.nextToken()) {
      require(t == JsonToken.VALUE_NUMBER_INT, name, "its %s holds no whole number", key);
      require(count < MAX_RANK, name, "its %s has more than %d numbers", key, MAX_RANK);
      numbers[count++] = json.getLongValue();
    }
    return Arrays.copyOf(numbers, count);
  }

  // Formats only what it throws: a header has thousands of entries.
  @SuppressWarnings("AnnotateFormatMethod") // would need an annotation of Error Prone's
  private void require(
      boolean holds, @Nullable String tensor, String problem, Object... arguments) {
    if (!holds) {
      throw new CheckpointException(file, tensor, problem.formatted(arguments), null);
    }
  }
}

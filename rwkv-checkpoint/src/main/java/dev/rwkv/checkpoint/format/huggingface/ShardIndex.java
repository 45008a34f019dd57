package dev.rwkv.checkpoint.format.huggingface;

import dev.rwkv.checkpoint.format.CheckpointBuilder;
import dev.rwkv.checkpoint.format.StrictJson;
import dev.rwkv.checkpoint.format.TensorNames;
import dev.rwkv.error.CheckpointException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;

/** The {@code *.index.json} of a checkpoint in shards: {@code {"weight_map": {tensor: file}}}. */
final class ShardIndex {
  static final String ENDING = ".index.json";

  private ShardIndex() {}

  /**
   * Reads every shard that the index names, and checks that they hold what it says.
   *
   * @param reader adds the tensors of one file
   */
  static void read(
      Path index, BiConsumer<Path, CheckpointBuilder> reader, CheckpointBuilder builder) {
    JsonNode map = StrictJson.tree(index).path("weight_map");
    if (!map.isObject() || map.isEmpty()) {
      throw new CheckpointException(
          index, "is JSON, but no index of a checkpoint: it has no \"weight_map\" of tensors");
    }
    Map<String, Set<String>> shards = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      shards
          .computeIfAbsent(shard(index, entry), shard -> new LinkedHashSet<>())
          .add(TensorNames.original(entry.getKey()));
    }
    for (Map.Entry<String, Set<String>> shard : shards.entrySet()) {
      Path file = beside(index, shard.getKey());
      if (!Files.isRegularFile(file)) {
        throw new CheckpointException(
            index, "names the shard " + shard.getKey() + ", which is not beside it");
      }
      Set<String> before = Set.copyOf(builder.names());
      reader.accept(file, builder);
      Set<String> found = new LinkedHashSet<>(builder.names());
      found.removeAll(before);
      if (!found.equals(shard.getValue())) {
        throw disagreement(index, file, shard.getValue(), found);
      }
    }
  }

  private static CheckpointException disagreement(
      Path index, Path shard, Set<String> stated, Set<String> found) {
    Set<String> missing = new LinkedHashSet<>(stated);
    missing.removeAll(found);
    Set<String> unlisted = new LinkedHashSet<>(found);
    unlisted.removeAll(stated);
    return missing.isEmpty()
        ? new CheckpointException(
            shard,
            unlisted.iterator().next(),
            "the index " + index.getFileName() + " does not say that it is in this shard",
            null)
        : new CheckpointException(
            shard,
            missing.iterator().next(),
            "is missing, though the index " + index.getFileName() + " says that it is here",
            null);
  }

  private static Path beside(Path index, String shard) {
    try {
      return index.resolveSibling(shard);
    } catch (InvalidPathException e) {
      // What a name may hold is up to the machine: its file system, and under Linux its locale.
      throw new CheckpointException(
          index, "names the shard '" + shard + "', which can be no file of this machine", e);
    }
  }

  private static String shard(Path index, Map.Entry<String, JsonNode> entry) {
    JsonNode file = entry.getValue();
    if (!file.isString() || !file.stringValue().matches("[^/\\\\\\x00]+")) {
      throw new CheckpointException(
          index,
          entry.getKey(),
          "its shard is " + file + ": expected the name of a file beside the index",
          null);
    }
    return file.stringValue();
  }
}

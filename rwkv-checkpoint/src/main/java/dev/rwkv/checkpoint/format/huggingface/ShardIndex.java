package dev.rwkv.checkpoint.format.huggingface;

import dev.rwkv.checkpoint.format.CheckpointBuilder;
import dev.rwkv.checkpoint.format.StrictJson;
import dev.rwkv.error.CheckpointException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
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
    Map<String, Integer> shards = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      shards.merge(shard(index, entry), 1, Integer::sum);
    }
    for (Map.Entry<String, Integer> shard : shards.entrySet()) {
      Path file = index.resolveSibling(shard.getKey());
      if (!Files.isRegularFile(file)) {
        throw new CheckpointException(
            index, "names the shard " + shard.getKey() + ", which is not beside it");
      }
      int before = builder.names().size();
      reader.accept(file, builder);
      int found = builder.names().size() - before;
      if (found != shard.getValue()) {
        throw new CheckpointException(
            file,
            "holds %d tensors, but the index %s says %d"
                .formatted(found, index.getFileName(), shard.getValue()));
      }
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

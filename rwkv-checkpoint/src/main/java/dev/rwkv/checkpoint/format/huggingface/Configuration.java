package dev.rwkv.checkpoint.format.huggingface;

import dev.rwkv.checkpoint.format.CheckpointBuilder;
import dev.rwkv.checkpoint.format.StrictJson;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.TensorView;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/** A {@code config.json}, held against the tensors that it describes. */
final class Configuration {
  static final String FILE = "config.json";

  private final Path file;
  private final JsonNode json;

  private Configuration(Path file, JsonNode json) {
    this.file = file;
    this.json = json;
  }

  /**
   * Checks the configuration, if there is one, and notes the epsilon of the layer norms.
   *
   * @throws CheckpointException if it is of another kind of model, or disagrees with the tensors
   */
  static void check(Path file, CheckpointBuilder builder) {
    if (!Files.isRegularFile(file)) {
      return;
    }
    Configuration config = new Configuration(file, StrictJson.tree(file));
    config.checkType();
    config.checkDim(builder, "vocab_size", "emb.weight", 0);
    config.checkDim(builder, "hidden_size", "emb.weight", 1);
    config.checkDim(builder, "attention_hidden_size", "blocks.0.att.key.weight", 0);
    config.checkDim(builder, "intermediate_size", "blocks.0.ffn.key.weight", 0);
    config.checkLayers(builder);
    JsonNode epsilon = config.json.path("layer_norm_epsilon");
    if (epsilon.isNumber()) {
      builder.metadata("layer_norm_epsilon", epsilon.asString());
    } else if (!epsilon.isMissingNode()) {
      throw new CheckpointException(file, "layer_norm_epsilon is " + epsilon + ", no number");
    }
  }

  private void checkType() {
    JsonNode type = json.path("model_type");
    if (!type.isMissingNode() && !type.asString("").equals("rwkv")) {
      throw new CheckpointException(
          file, "model_type is " + type + ": only \"rwkv\", which is RWKV-4, can be run");
    }
  }

  private void checkDim(CheckpointBuilder builder, String key, String tensor, int axis) {
    JsonNode stated = json.path(key);
    TensorView view = builder.tensors().get(tensor);
    // Missing tensors are found with the architecture; null means the usual size.
    if (stated.isMissingNode() || stated.isNull() || view == null || view.shape().rank() <= axis) {
      return;
    }
    if (!stated.isIntegralNumber() || stated.asLong(-1) != view.shape().dim(axis)) {
      throw new CheckpointException(
          file,
          "%s is %s, but tensor '%s' has shape %s".formatted(key, stated, tensor, view.shape()));
    }
  }

  private void checkLayers(CheckpointBuilder builder) {
    JsonNode stated = json.path("num_hidden_layers");
    if (!stated.isMissingNode()
        && (!stated.isIntegralNumber() || stated.asLong(-1) != builder.layers())) {
      throw new CheckpointException(
          file,
          "num_hidden_layers is %s, but the tensors are of %d layers"
              .formatted(stated, builder.layers()));
    }
  }
}

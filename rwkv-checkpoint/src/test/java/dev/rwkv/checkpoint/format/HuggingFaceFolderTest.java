package dev.rwkv.checkpoint.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rwkv.checkpoint.Progress;
import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.checkpoint.architecture.Architectures;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.TensorView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HuggingFaceFolderTest {
  private static final String CONFIG =
      """
      {"model_type": "rwkv", "vocab_size": 7, "hidden_size": 6, "num_hidden_layers": 2,
       "attention_hidden_size": 6, "intermediate_size": 24, "layer_norm_epsilon": 0.001,
       "rescale_every": 6, "context_length": 1024}\
      """;

  @TempDir Path folder;
  @TempDir Path elsewhere;
  private Path original;

  @BeforeEach
  void makeAModel() {
    original = elsewhere.resolve("original.safetensors");
    SyntheticModel.of(2, 6, 7, DType.F32, 5).write(original, Progress.NONE);
  }

  @Test
  void oneFileUnderTheirNames() throws IOException {
    Files.writeString(folder.resolve("config.json"), CONFIG);
    write(folder.resolve("model.safetensors"), name -> true);
    assertSameAsOriginal(folder);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertThat(Architectures.of(checkpoint).config(checkpoint).layerNormEpsilon())
          .isEqualTo(0.001);
    }
  }

  @Test
  void theFileAloneUnderTheirNames() throws IOException {
    write(folder.resolve("renamed"), name -> true);
    assertSameAsOriginal(folder.resolve("renamed"));
  }

  @Test
  void shards() throws IOException {
    Files.writeString(folder.resolve("config.json"), CONFIG);
    writeShards();
    assertSameAsOriginal(folder);
    assertSameAsOriginal(folder.resolve("model.safetensors.index.json"));
  }

  @Test
  void aFolderWithOneCheckpointOfAnyName() throws IOException {
    Files.copy(original, folder.resolve("RWKV-4-World.weights"));
    Files.writeString(folder.resolve("README.md"), "# a model");
    assertSameAsOriginal(folder);
  }

  @Test
  void shardsMustBeWhatTheIndexSays() throws IOException {
    writeShards();
    Path index = folder.resolve("model.safetensors.index.json");
    String honest = Files.readString(index);

    Files.writeString(index, honest.replaceFirst("\"second\"", "\"third\""));
    refused(index, "third");
    Files.writeString(index, honest.replaceFirst("\"second\"", "\"../second\""));
    refused(index, "../second");
    Files.writeString(index, honest.replaceFirst("\"second\"", "\"first\""));
    refused(index, "is missing, though the index");
    Files.writeString(index, honest.replaceFirst("\"[^\"]+\": *\"second\"", "\"x\": \"second\""));
    refused(index, "tensor 'x': is missing");
    Files.writeString(index, honest.replaceFirst("\"[^\"]+\": *\"second\",? *", ""));
    refused(index, "does not say");
    Files.writeString(index, honest.replaceFirst("\"second\"", "\"\\\\ud800\""));
    refused(index, "no file of this machine");
    Files.writeString(index, honest.replaceFirst("\"second\"", "7"));
    refused(index, "7");
    Files.writeString(index, "{\"weight_map\": {}}");
    refused(index, "weight_map");
    Files.writeString(index, "{\"weight_map\": ");
    refused(index, "JSON");
  }

  @Test
  void theConfigurationMustAgree() throws IOException {
    write(folder.resolve("model.safetensors"), name -> true);
    config("\"vocab_size\": 7", "\"vocab_size\": 8");
    refused(folder, "vocab_size is 8", "emb.weight");
    config("\"hidden_size\": 6", "\"hidden_size\": \"six\"");
    refused(folder, "hidden_size is \"six\"");
    config("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3");
    refused(folder, "num_hidden_layers is 3", "2 layers");
    config("\"attention_hidden_size\": 6", "\"attention_hidden_size\": 12");
    refused(folder, "attention_hidden_size is 12");
    config("\"intermediate_size\": 24", "\"intermediate_size\": 23");
    refused(folder, "intermediate_size is 23");
    config("\"rwkv\"", "\"llama\"");
    refused(folder, "model_type is \"llama\"");
    config("0.001", "\"small\"");
    refused(folder, "layer_norm_epsilon");
    config("{\"model", "[{\"model");
    refused(folder, "config.json");
  }

  @Test
  void foldersWithoutOrWithManyModels() throws IOException {
    refused(folder, "holds no model", "model.safetensors", "pytorch_model.bin");
    Files.copy(original, folder.resolve("one"));
    Files.copy(original, folder.resolve("two"));
    refused(folder, "2 checkpoints", "one, two");
  }

  @Test
  void aFolderWithALlamaCppFileSaysWhyItIsRefused() throws IOException {
    Files.writeString(folder.resolve("model.gguf"), "GGUF" + "\0".repeat(60));
    refused(folder, "GGUF", "not supported yet");
  }

  private void config(String from, String to) throws IOException {
    assertThat(CONFIG).contains(from);
    Files.writeString(folder.resolve("config.json"), CONFIG.replace(from, to));
  }

  private void refused(Path path, String... mentions) {
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> Checkpoint.open(path).close())
        .satisfies(e -> assertThat(e.getMessage()).contains(mentions).doesNotContain("\n"));
  }

  private void assertSameAsOriginal(Path path) {
    try (Checkpoint actual = Checkpoint.open(path);
        Checkpoint expected = Checkpoint.open(original)) {
      assertThat(actual.names()).containsExactlyInAnyOrderElementsOf(expected.names());
      for (String name : expected.names()) {
        assertThat(actual.tensor(name).toDoubles())
            .as(name)
            .isEqualTo(expected.tensor(name).toDoubles());
      }
      assertThat(actual.fingerprint()).isEqualTo(expected.fingerprint());
    }
  }

  private void writeShards() throws IOException {
    Predicate<String> first = name -> !name.startsWith("blocks.1");
    write(folder.resolve("first"), first);
    write(folder.resolve("second"), first.negate());
    List<String> entries = new ArrayList<>();
    try (Checkpoint checkpoint = Checkpoint.open(original)) {
      for (String name : checkpoint.names()) {
        String shard = first.test(name) ? "first" : "second";
        entries.add("\"" + theirName(name) + "\": \"" + shard + "\"");
      }
    }
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"metadata\": {}, \"weight_map\": {" + String.join(", ", entries) + "}}");
  }

  /**
   * Writes some tensors of the model as safetensors, by hand and under the names of transformers.
   */
  private void write(Path target, Predicate<String> wanted) throws IOException {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    List<String> entries = new ArrayList<>();
    try (Checkpoint checkpoint = Checkpoint.open(original)) {
      for (String name : checkpoint.names()) {
        if (wanted.test(name)) {
          TensorView tensor = checkpoint.tensor(name);
          int begin = data.size();
          data.writeBytes(tensor.data().toArray(ValueLayout.JAVA_BYTE));
          entries.add(
              "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                  .formatted(theirName(name), tensor.shape(), begin, data.size()));
        }
      }
    }
    byte[] header = ("{" + String.join(",", entries) + "}").getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + header.length + data.size()).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length).put(header).put(data.toByteArray());
    Files.write(target, file.array());
  }

  private static String theirName(String name) {
    return name.equals("head.weight")
        ? name
        : "rwkv."
            + name.replace("emb.", "embeddings.")
                .replace(".ln0.", ".pre_ln.")
                .replace(".att.", ".attention.")
                .replace(".ffn.", ".feed_forward.")
                .replaceAll("time_mix_k$", "time_mix_key")
                .replaceAll("time_mix_v$", "time_mix_value")
                .replaceAll("time_mix_r$", "time_mix_receptance");
  }
}

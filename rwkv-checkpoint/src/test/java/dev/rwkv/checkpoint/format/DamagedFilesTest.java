package dev.rwkv.checkpoint.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rwkv.checkpoint.Conversion;
import dev.rwkv.checkpoint.Progress;
import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.checkpoint.architecture.Architectures;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.testing.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damage of every kind to every format: a checkpoint, or a typed exception; nothing else, ever. */
class DamagedFilesTest {
  @TempDir Path folder;

  /** A small file of each format. */
  enum Sample {
    SAFETENSORS,
    RWKV_CPP,
    RWKV_CPP_QUANTISED,
    PTH_ZIP,
    PTH_LEGACY;

    byte[] bytes(Path folder) throws IOException {
      return switch (this) {
        case SAFETENSORS -> Files.readAllBytes(synthetic(folder));
        case RWKV_CPP -> converted(folder, DType.F16);
        case RWKV_CPP_QUANTISED -> converted(folder, DType.Q5_1);
        case PTH_ZIP -> HandmadePth.zip(HandmadePth.stateDict("a", "b", "c"), 3);
        case PTH_LEGACY -> HandmadePth.legacy("a", "b", "c");
      };
    }

    static Path synthetic(Path folder) {
      Path file = folder.resolve("sample.safetensors");
      SyntheticModel.of(1, 32, 5, DType.BF16, 1).write(file, Progress.NONE);
      return file;
    }

    private static byte[] converted(Path folder, DType precision) throws IOException {
      Path file = folder.resolve("sample.bin");
      try (Checkpoint checkpoint = Checkpoint.open(synthetic(folder))) {
        Conversion.of(checkpoint).withPrecision(precision).write(file);
      }
      return Files.readAllBytes(file);
    }
  }

  @ParameterizedTest
  @EnumSource(Sample.class)
  void theUndamagedSampleOpens(Sample sample) throws IOException {
    Path file = Files.write(folder.resolve("whole"), sample.bytes(folder));
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertThat(checkpoint.names()).hasSizeGreaterThan(2);
    }
  }

  @ParameterizedTest
  @EnumSource(Sample.class)
  void cutOffAnywhere(Sample sample) throws IOException {
    byte[] whole = sample.bytes(folder);
    boolean architectureKnows = sample == Sample.RWKV_CPP || sample == Sample.RWKV_CPP_QUANTISED;
    for (int length = 0; length < whole.length; length += Math.max(1, whole.length / 640)) {
      Path cut = Files.write(folder.resolve("part"), Arrays.copyOf(whole, length));
      assertThatExceptionOfType(CheckpointException.class)
          .as("cut off after %s of %s bytes", length, whole.length)
          .isThrownBy(() -> {
            try (Checkpoint checkpoint = Checkpoint.open(cut)) {
              // A list of tensors without a count can end cleanly between two of them.
              if (architectureKnows) {
                Architectures.of(checkpoint).config(checkpoint);
              }
            }
          })
          .withMessageStartingWith(cut.toString())
          .withMessageNotContaining("\n");
    }
  }

  @ParameterizedTest
  @EnumSource(Sample.class)
  void aThousandMutants(Sample sample) throws IOException {
    mutate(sample, 1_000, 1);
  }

  @ParameterizedTest
  @EnumSource(Sample.class)
  @Tag("long")
  void aHundredThousandMutants(Sample sample) throws IOException {
    mutate(sample, 100_000 / Sample.values().length, 2);
  }

  @Test
  @Tag("long")
  void mutantsOfRealFiles() throws IOException {
    for (String name :
        new String[] {"mini-v4-a-bf16.pth", "mini-v4-a-fp32-legacy.pth", "mini-v4-a-Q4_0.bin"}) {
      mutate(name, Files.readAllBytes(SharedData.path("models/" + name)), 1_000, 3);
    }
  }

  @Test
  void aThousandMutantsOfAFolder() throws IOException {
    mutateFolder(1_000, 4);
  }

  @Test
  @Tag("long")
  void twentyThousandMutantsOfAFolder() throws IOException {
    mutateFolder(20_000, 5);
  }

  /** Damages the configuration or the index of shards beside sound weights. */
  private void mutateFolder(int mutants, long seed) throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    Path shard = Files.move(Sample.synthetic(folder), model.resolve("shard"));
    Map<Path, byte[]> jsons = new LinkedHashMap<>();
    try (Checkpoint checkpoint = Checkpoint.open(shard)) {
      jsons.put(
          model.resolve("model.safetensors.index.json"),
          checkpoint.names().stream()
              .map(name -> '"' + name + "\": \"shard\"")
              .collect(Collectors.joining(", ", "{\"weight_map\": {", "}}"))
              .getBytes(StandardCharsets.UTF_8));
    }
    jsons.put(
        model.resolve("config.json"),
        "{\"model_type\": \"rwkv\", \"vocab_size\": 5, \"layer_norm_epsilon\": 1e-5}"
            .getBytes(StandardCharsets.UTF_8));
    Random random = new Random(seed);
    int opened = 0;
    for (int i = 0; i < mutants; i++) {
      int damaged = random.nextInt(jsons.size());
      int j = 0;
      for (Map.Entry<Path, byte[]> json : jsons.entrySet()) {
        byte[] whole = json.getValue();
        Files.write(json.getKey(), j++ == damaged ? Mutant.of(whole, random) : whole);
      }
      opened += opens(model, "mutant " + i + " of a folder, seed " + seed) ? 1 : 0;
    }
    assertThat(opened).isBetween(1, mutants - 1);
  }

  private void mutate(Sample sample, int mutants, long seed) throws IOException {
    mutate(sample.name(), sample.bytes(folder), mutants, seed);
  }

  private void mutate(String name, byte[] whole, int mutants, long seed) throws IOException {
    Random random = new Random(seed + name.hashCode());
    Path file = folder.resolve("mutant");
    int opened = 0;
    for (int i = 0; i < mutants; i++) {
      Files.write(file, Mutant.of(whole, random));
      opened += opens(file, "mutant " + i + " of " + name + ", seed " + seed) ? 1 : 0;
    }
    // Most of a file is weights: a fuzzer that never gets past the directory tests nothing else.
    assertThat(opened).as("mutants of %s that opened", name).isPositive();
  }

  /** Opens a checkpoint and reads all of it; false if that was refused as it should be. */
  private static boolean opens(Path path, String mutant) {
    boolean opened = false;
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      opened = true;
      for (String tensor : checkpoint.names()) {
        checkpoint.tensor(tensor).firstNonFinite();
      }
      checkpoint.fingerprint();
      Architectures.of(checkpoint).config(checkpoint);
    } catch (CheckpointException e) {
      assertThat(e.getMessage()).startsWith(path.toString()).doesNotContain("\n");
    } catch (RuntimeException | Error e) {
      throw new AssertionError(mutant + ": " + e, e);
    }
    return opened;
  }
}

package dev.rwkv.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** Small random models, made by the command that users make them with. */
final class SyntheticModels {
  private SyntheticModels() {}

  /** A byte model that has something to say in every channel. */
  static Path bytes(Path folder) {
    Path file = folder.resolve("bytes.safetensors");
    if (!Files.exists(file)) {
      Run.of("synth", "--layers", 2, "--dim", 32, "--vocab", 256, "--seed", 3, file).succeeds();
    }
    return file;
  }
}

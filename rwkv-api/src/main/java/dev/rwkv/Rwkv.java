package dev.rwkv;

import dev.rwkv.error.BackendException;
import dev.rwkv.error.CheckpointException;
import java.nio.file.Path;

/** The front door: open a model with the best usable backend, or choose one. */
public final class Rwkv {
  private Rwkv() {}

  /**
   * Opens a checkpoint with the best usable backend.
   *
   * @param path a {@code .pth}, {@code .safetensors} or rwkv.cpp file, or a Hugging Face folder
   * @throws CheckpointException if the file is missing, damaged or no RWKV model
   * @throws BackendException if no backend on the class path can run it; the message says why
   */
  public static Model open(Path path) {
    return with().open(path);
  }

  /** Choices before opening: {@code Rwkv.with().backend("vector").threads(2).open(path)}. */
  public static ModelLoader with() {
    return new ModelLoader();
  }

  /** Every backend on the class path, usable or with the reason why not. */
  public static Backends backends() {
    return Backends.discover();
  }
}

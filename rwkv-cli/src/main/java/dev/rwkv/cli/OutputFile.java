package dev.rwkv.cli;

import dev.rwkv.error.InvalidArgumentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Looks at a file that is to be written before the work that leads to it begins. */
final class OutputFile {
  private OutputFile() {}

  /**
   * Refuses a target that cannot be written, or that is the model which is being read: a mapped
   * file must not change under the reader.
   *
   * @param option the option that names the target
   * @param model the model's file or folder, if one is read
   */
  static void check(String option, Path target, @Nullable Path model) {
    Path parent = target.toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new InvalidArgumentException(
          option, target + ": the folder " + parent + " does not exist, create it first");
    }
    if (Files.isDirectory(target)) {
      throw new InvalidArgumentException(option, target + ": is a folder, name a file");
    }
    if (model != null && Files.exists(target) && Files.exists(model) && isPartOf(target, model)) {
      throw new InvalidArgumentException(
          option, target + ": is the model that is being read, write to another name");
    }
  }

  private static boolean isPartOf(Path target, Path model) {
    try {
      return Files.isSameFile(target, model)
          || (Files.isDirectory(model) && target.toRealPath().startsWith(model.toRealPath()));
    } catch (IOException e) {
      return false; // one of them vanished meanwhile: then they are not the same
    }
  }
}

package dev.rwkv.checkpoint.format.huggingface;

import dev.rwkv.checkpoint.format.CheckpointBuilder;
import dev.rwkv.checkpoint.format.FileFormat;
import dev.rwkv.checkpoint.format.gguf.GgufFormat;
import dev.rwkv.checkpoint.format.pth.LegacyPthFormat;
import dev.rwkv.checkpoint.format.pth.ZipPthFormat;
import dev.rwkv.checkpoint.format.rwkvcpp.RwkvCppFormat;
import dev.rwkv.checkpoint.format.safetensors.SafetensorsFormat;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.spi.CheckpointFormat;
import dev.rwkv.tensor.Checkpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads a folder: {@code config.json} with {@code model.safetensors} or {@code pytorch_model.bin},
 * whole or in shards that an {@code *.index.json} lists; or the one checkpoint that lies in it.
 * Naming the index file itself works as well.
 *
 * <p>The weights are stored as they were trained: {@code rescale_every} of the configuration is
 * about arithmetic in fp16, not about the file, and is ignored.
 */
public final class HuggingFaceFormat implements CheckpointFormat {
  /** Where weights are looked for, in this order. */
  private static final List<String> WEIGHTS =
      List.of(
          "model.safetensors.index.json",
          "model.safetensors",
          "pytorch_model.bin.index.json",
          "pytorch_model.bin");

  /** How many files a message lists. */
  private static final int SHOWN = 5;

  private static final List<FileFormat> FILE_FORMATS =
      List.of(
          new SafetensorsFormat(),
          new ZipPthFormat(),
          new LegacyPthFormat(),
          new RwkvCppFormat(),
          new GgufFormat());

  @Override
  public String name() {
    return "Hugging Face folder";
  }

  /** A folder, or text that begins like JSON: an index of shards. */
  @Override
  public boolean recognises(Path path, ByteBuffer head) {
    if (head.limit() == 0) {
      return Files.isDirectory(path);
    }
    int i = 0;
    while (i < head.limit() && Character.isWhitespace(head.get(i))) {
      i++;
    }
    return i < head.limit()
        && head.get(i) == '{'
        && FILE_FORMATS.stream().noneMatch(format -> format.recognises(path, head));
  }

  @Override
  public Checkpoint open(Path path) {
    try (CheckpointBuilder builder = new CheckpointBuilder(path)) {
      if (Files.isDirectory(path)) {
        readWeights(weights(path), builder);
        Configuration.check(path.resolve(Configuration.FILE), builder);
      } else {
        ShardIndex.read(path, HuggingFaceFormat::readFile, builder);
        Configuration.check(path.resolveSibling(Configuration.FILE), builder);
      }
      return builder.build(name());
    }
  }

  private static void readWeights(Path file, CheckpointBuilder builder) {
    if (file.toString().endsWith(ShardIndex.ENDING)) {
      ShardIndex.read(file, HuggingFaceFormat::readFile, builder);
    } else {
      readFile(file, builder);
    }
  }

  private static Path weights(Path folder) {
    return WEIGHTS.stream()
        .map(folder::resolve)
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseGet(() -> onlyCheckpoint(folder));
  }

  private static Path onlyCheckpoint(Path folder) {
    List<Path> found;
    try (Stream<Path> files = Files.list(folder)) {
      found =
          files
              .filter(Files::isRegularFile)
              .filter(file -> format(file).isPresent())
              .sorted()
              .toList();
    } catch (IOException e) {
      throw new CheckpointException(folder, "cannot be listed: " + e.getMessage(), e);
    }
    if (found.size() > 1) {
      throw new CheckpointException(
          folder,
          "holds %d checkpoints, name one: %s%s"
              .formatted(
                  found.size(),
                  found.stream()
                      .limit(SHOWN)
                      .map(file -> file.getFileName().toString())
                      .collect(Collectors.joining(", ")),
                  found.size() > SHOWN ? ", …" : ""));
    }
    if (found.isEmpty()) {
      throw new CheckpointException(
          folder,
          "the folder holds no model: neither "
              + String.join(", ", WEIGHTS)
              + ", nor one checkpoint of another name");
    }
    return found.getFirst();
  }

  /** Reads one file of weights, whichever format it is of. */
  private static void readFile(Path file, CheckpointBuilder builder) {
    format(file)
        .orElseThrow(() ->
            new CheckpointException(
                file, "is neither a .safetensors nor a .pth file, or it is cut off"))
        .read(file, builder);
  }

  private static Optional<FileFormat> format(Path file) {
    ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(file)) {
      channel.read(head);
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read: " + e.getMessage(), e);
    }
    head.flip();
    return FILE_FORMATS.stream().filter(format -> format.recognises(file, head)).findFirst();
  }
}

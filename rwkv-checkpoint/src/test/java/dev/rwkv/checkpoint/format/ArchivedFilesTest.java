package dev.rwkv.checkpoint.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.checkpoint.Progress;
import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints that lie in an archive, such as a jar, where nothing can be mapped. */
class ArchivedFilesTest {
  @TempDir Path folder;

  @Test
  void aCheckpointInsideAnArchiveIsReadLikeAFile() throws IOException {
    Path file = folder.resolve("model.safetensors");
    SyntheticModel.of(2, 32, 100, DType.BF16, 1).write(file, Progress.NONE);
    try (FileSystem archive = archive(Files.readAllBytes(file));
        Checkpoint plain = Checkpoint.open(file);
        Checkpoint archived = Checkpoint.open(archive.getPath("/deep/model"))) {
      assertThat(archived.format()).isEqualTo(plain.format());
      assertThat(archived.names()).isEqualTo(plain.names());
      for (String name : plain.names()) {
        assertThat(archived.tensor(name).data().mismatch(plain.tensor(name).data()))
            .as(name)
            .isEqualTo(-1);
      }
      assertThat(archived.fingerprint()).isEqualTo(plain.fingerprint());
    }
  }

  @Test
  void aDamagedOneIsRefusedAsAFileIs() throws IOException {
    Path file = folder.resolve("model.safetensors");
    SyntheticModel.of(1, 8, 10, DType.F32, 1).write(file, Progress.NONE);
    byte[] whole = Files.readAllBytes(file);
    try (FileSystem archive = archive(Arrays.copyOf(whole, whole.length - 5))) {
      assertThatThrownBy(() -> Checkpoint.open(archive.getPath("/deep/model")))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("/deep/model");
    }
  }

  private FileSystem archive(byte[] content) throws IOException {
    FileSystem archive =
        FileSystems.newFileSystem(folder.resolve("archive.zip"), Map.of("create", "true"));
    Files.createDirectory(archive.getPath("/deep"));
    Files.write(archive.getPath("/deep/model"), content);
    return archive;
  }
}

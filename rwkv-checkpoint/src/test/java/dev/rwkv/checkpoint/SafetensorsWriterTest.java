package dev.rwkv.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
  @TempDir Path folder;

  @Test
  void headerIsPaddedAndOffsetsAreGapless() throws IOException {
    Path file = folder.resolve("t.safetensors");
    List<StreamedTensor> tensors =
        List.of(
            random("b", DType.F16, 1, 3, 5),
            random("a", DType.F64),
            random("ü\"\n", DType.I64, 2),
            random("empty", DType.BF16, 0, 4),
            random("z", DType.F32, 7));
    SafetensorsWriter.write(file, tensors, Map.of("key", "välue"), Progress.NONE);

    RawSafetensors raw = RawSafetensors.read(file);
    assertThat(raw.headerBytes() % 8).isZero();
    assertThat(raw.headerText()).startsWith("{").matches("(?s).*\\} *");
    assertThat(raw.header().propertyNames())
        .containsExactly("__metadata__", "b", "a", "ü\"\n", "empty", "z");
    assertThat(raw.header().get("__metadata__").get("key").asString()).isEqualTo("välue");
    assertThat(raw.header().get("b").toString())
        .isEqualTo("{\"dtype\":\"F16\",\"shape\":[1,3,5],\"data_offsets\":[0,30]}");
    assertThat(raw.header().get("a").toString())
        .isEqualTo("{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[30,38]}");
    assertThat(raw.header().get("empty").get("data_offsets").toString()).isEqualTo("[54,54]");
    assertThat(Files.size(file)).isEqualTo(8 + raw.headerBytes() + 54 + 28);
    for (StreamedTensor tensor : tensors) {
      byte[] expected = new byte[(int) tensor.dtype().bytes(tensor.shape().elements())];
      tensor.fill(0, MemorySegment.ofArray(expected));
      assertThat(raw.data(tensor.name())).as(tensor.name()).isEqualTo(expected);
    }
  }

  @Test
  void tensorsOfManyPartsComeOutWhole() throws IOException {
    Path file = folder.resolve("large.safetensors");
    StreamedTensor large = random("large", DType.BF16, 3, TensorStream.PART_ELEMENTS + 11);
    for (int threads = 1; threads <= 5; threads++) {
      SafetensorsWriter.write(file, List.of(large), Map.of(), Progress.NONE, threads);
      byte[] expected = new byte[(int) (2 * large.shape().elements())];
      large.fill(0, MemorySegment.ofArray(expected));
      assertThat(RawSafetensors.read(file).data("large")).isEqualTo(expected);
    }
  }

  @Test
  void nothingToWriteIsAValidFile() throws IOException {
    Path file = folder.resolve("empty.safetensors");
    SafetensorsWriter.write(file, List.of(), Map.of(), Progress.NONE);
    assertThat(Files.readAllBytes(file))
        .isEqualTo("\10\0\0\0\0\0\0\0{}      ".getBytes(StandardCharsets.ISO_8859_1));
    SafetensorsWriter.writeSparse(file, List.of(), Map.of());
    assertThat(Files.size(file)).isEqualTo(16);
  }

  @Test
  void quantisedTensorsAreRefusedWithAWayOut() {
    assertThatThrownBy(() -> write(random("w", DType.Q4_1, 2, 32)))
        .isInstanceOfSatisfying(
            CheckpointException.class, e -> assertThat(e.tensor()).contains("w"))
        .hasMessageContaining("write a .bin file instead");
    assertThat(filesIn(folder)).isEmpty();
  }

  @Test
  void namesAreUniqueAndNotReserved() {
    assertThatThrownBy(() -> write(random("w", DType.F32, 2), random("w", DType.F32, 2)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("twice");
    assertThatThrownBy(() -> write(random("__metadata__", DType.F32, 2)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("reserved");
    assertThatThrownBy(() -> write(random("\ud800", DType.F32, 2)))
        .isInstanceOf(InvalidArgumentException.class);
    assertThat(filesIn(folder)).isEmpty();
  }

  @Test
  void aFailureLeavesNothingBehind() {
    assertThatThrownBy(() -> write(random("fine", DType.F32, 1000), failing(5)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("broken");
    assertThatThrownBy(
            () -> write(random("fine", DType.F32, 1000), failing(5L * TensorStream.PART_ELEMENTS)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("broken");
    assertThat(filesIn(folder)).isEmpty();
  }

  @Test
  void aFailureLeavesTheOldFileAsItWas() throws IOException {
    Path file = folder.resolve("t.safetensors");
    Files.writeString(file, "precious");
    assertThatThrownBy(() -> write(failing(5))).isInstanceOf(CheckpointException.class);
    assertThatThrownBy(() ->
            SafetensorsWriter.write(
                file,
                List.of(random("w", DType.F32, 3)),
                Map.of(),
                (tensor, done, total) -> {
                  throw new IllegalStateException("cancelled");
                }))
        .hasMessage("cancelled");
    assertThat(file).hasContent("precious");
    assertThat(filesIn(folder)).containsExactly(file);
    write(random("w", DType.F32, 3));
    assertThat(RawSafetensors.read(file).data("w")).hasSize(12);
    assertThat(filesIn(folder)).containsExactly(file);
  }

  @Test
  void anInterruptEndsTheWritingAndStaysSet() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> write(random("w", DType.F32, 3L * TensorStream.PART_ELEMENTS)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("t.safetensors")
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(filesIn(folder)).isEmpty();
  }

  @Test
  void aLinkIsFollowedNotReplaced() throws IOException {
    Path real = Files.writeString(folder.resolve("real"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("t.safetensors"), real);
    write(random("w", DType.F32, 3));
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(RawSafetensors.read(real).data("w")).hasSize(12);
  }

  @Test
  void whereNothingCanBeWrittenTheErrorNamesTheFileAndTheReason() throws IOException {
    assertUnwritable(folder.resolve("missing/t.safetensors"), "does not exist");
    assertUnwritable(folder, "not a file");
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertUnwritable(file.resolve("t.safetensors"), "");
    assertUnwritable(Path.of("/dev/null"), "not a file");
    assertUnwritable(Path.of("/proc/t.safetensors"), "");
    assertUnwritable(folder.resolve("x".repeat(300)), "");
    assertThat(filesIn(folder)).containsExactly(file);
  }

  private static void assertUnwritable(Path target, String reason) {
    assertThatThrownBy(() ->
            SafetensorsWriter.write(
                target, List.of(random("w", DType.F32, 3)), Map.of(), Progress.NONE))
        .isInstanceOfSatisfying(
            CheckpointException.class,
            e -> {
              assertThat(e.file()).isEqualTo(target);
              assertThat(e.getMessage())
                  .contains("cannot be written")
                  .contains(reason)
                  .doesNotContain("null;")
                  .doesNotContain(".tmp");
            });
  }

  private void write(StreamedTensor... tensors) {
    SafetensorsWriter.write(
        folder.resolve("t.safetensors"), List.of(tensors), Map.of(), Progress.NONE);
  }

  private static List<Path> filesIn(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static StreamedTensor random(String name, DType dtype, long... dims) {
    Shape shape = Shape.of(dims);
    byte[] bytes = new byte[(int) dtype.bytes(shape.elements())];
    new Random(name.hashCode()).nextBytes(bytes);
    return StreamedTensor.of(TensorView.of(name, dtype, shape, MemorySegment.ofArray(bytes)));
  }

  /** A tensor whose last element cannot be made. */
  private static StreamedTensor failing(long elements) {
    return new StreamedTensor() {
      @Override
      public String name() {
        return "failing";
      }

      @Override
      public DType dtype() {
        return DType.F32;
      }

      @Override
      public Shape shape() {
        return Shape.of(elements);
      }

      @Override
      public void fill(long fromElement, MemorySegment destination) {
        if (fromElement + destination.byteSize() / 4 == elements) {
          throw new CheckpointException(Path.of("source.pth"), "failing", "is broken", null);
        }
      }
    };
  }
}

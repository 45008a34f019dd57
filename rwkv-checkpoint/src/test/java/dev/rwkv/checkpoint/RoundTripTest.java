package dev.rwkv.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.ModelConfig;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is written is read back as it was, by readers that were written apart. */
class RoundTripTest {

  @Property(tries = 200)
  void safetensorsKeepEveryBitOfEveryTensor(@ForAll("plain") List<TensorView> tensors)
      throws IOException {
    Path file = Files.createTempFile("round-trip", ".safetensors");
    try {
      Map<String, String> facts = Map.of("tensors", "" + tensors.size());
      SafetensorsWriter.write(
          file, tensors.stream().map(StreamedTensor::of).toList(), facts, Progress.NONE, 2);
      assertSame(file, tensors);
      try (Checkpoint checkpoint = Checkpoint.open(file)) {
        assertThat(checkpoint.metadata()).isEqualTo(facts);
      }
    } finally {
      Files.delete(file);
    }
  }

  @Property(tries = 200)
  void rwkvCppFilesKeepEveryBitOfEveryTensor(@ForAll("ggml") List<TensorView> tensors)
      throws IOException {
    Path file = Files.createTempFile("round-trip", ".bin");
    try {
      ModelConfig config = ModelConfig.of("rwkv-4", 1, 3, 5, 7);
      RwkvCppWriter.write(
          file,
          config,
          DType.F32,
          tensors.stream().map(StreamedTensor::of).toList(),
          Progress.NONE);
      assertSame(file, tensors);
    } finally {
      Files.delete(file);
    }
  }

  private static void assertSame(Path file, List<TensorView> tensors) {
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertThat(List.copyOf(checkpoint.names()))
          .isEqualTo(tensors.stream().map(TensorView::name).toList());
      for (TensorView expected : tensors) {
        TensorView actual = checkpoint.tensor(expected.name());
        assertThat(actual.dtype()).isEqualTo(expected.dtype());
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(actual.data().mismatch(expected.data())).isEqualTo(-1);
      }
    }
  }

  @Property(tries = 20)
  void aRwkvCppFileHoldsOneToThreeDimensionsOfItsOwnTypes(@ForAll("unfit") TensorView tensor)
      throws IOException {
    Path folder = Files.createTempDirectory("round-trip");
    Path file = folder.resolve("m.bin");
    try {
      assertThatThrownBy(() ->
              RwkvCppWriter.write(
                  file,
                  ModelConfig.of("rwkv-4", 1, 3, 5, 7),
                  DType.F32,
                  List.of(StreamedTensor.of(tensor)),
                  Progress.NONE))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("weights");
      assertThat(file).doesNotExist();
    } finally {
      Files.delete(folder);
    }
  }

  @Provide
  Arbitrary<TensorView> unfit() {
    return Arbitraries.of(
        tensor("weights", DType.BF16, 1, 3, 3),
        tensor("weights", DType.F64, 1, 3, 3),
        tensor("weights", DType.I64, 1, 3),
        tensor("weights", DType.F32, 1),
        tensor("weights", DType.F32, 1, 2, 2, 2, 2));
  }

  @Provide
  Arbitrary<List<TensorView>> plain() {
    Arbitrary<long[]> dims = Arbitraries.longs().between(0, 9).array(long[].class).ofMaxSize(4);
    return tensors(Arbitraries.of(DType.F64, DType.F32, DType.F16, DType.BF16, DType.I64), dims);
  }

  /** As many rows as you like, of whole blocks; the first tensor is a block's, for the reader. */
  @Provide
  Arbitrary<List<TensorView>> ggml() {
    Arbitrary<long[]> dims =
        Arbitraries.longs()
            .between(1, 5)
            .array(long[].class)
            .ofMinSize(1)
            .ofMaxSize(3)
            .map(rows -> {
              rows[rows.length - 1] *= DType.QUANT_BLOCK;
              return rows;
            });
    return tensors(Arbitraries.of(RwkvCppWriter.TYPES.keySet()), dims);
  }

  private static Arbitrary<List<TensorView>> tensors(
      Arbitrary<DType> dtypes, Arbitrary<long[]> dims) {
    Arbitrary<String> names =
        Arbitraries.strings()
            .withChars("abcé€/\"\\ .")
            .withCharRange('0', '9')
            .ofMinLength(1)
            .ofMaxLength(12)
            .map(name -> "blocks.0.x" + name);
    return names
        .list()
        .uniqueElements()
        .ofMinSize(1)
        .ofMaxSize(6)
        .flatMap(list ->
            Combinators.combine(
                    list.stream()
                        .map(name ->
                            Combinators.combine(dtypes, Arbitraries.longs(), dims)
                                .as((dtype, seed, shape) -> tensor(name, dtype, seed, shape)))
                        .toList())
                .as(all -> all));
  }

  private static TensorView tensor(String name, DType dtype, long seed, long... dims) {
    Shape shape = Shape.of(dims);
    byte[] bytes = new byte[(int) dtype.bytes(shape.elements())];
    new Random(seed).nextBytes(bytes);
    return TensorView.of(name, dtype, shape, MemorySegment.ofArray(bytes));
  }
}

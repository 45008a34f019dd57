package dev.rwkv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FingerprintTest {
  private static final double[] WEIGHTS = IntStream.range(0, 200).asDoubleStream().toArray();

  private static FakeCheckpoint checkpoint(String file, double... weights) {
    return new FakeCheckpoint(Path.of(file))
        .with("b.weight", Shape.of(10, 20), weights)
        .with("a.weight", Shape.of(2, 2), 1, 2, 3, 4)
        .with("vector", Shape.of(1, 1, 4), 1, 2, 3, 4);
  }

  @Test
  void itIsTheHashOfNamesShapesAndMiddlesOfTheMatrices() throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update("a.weight[2, 2]".getBytes(StandardCharsets.UTF_8));
    digest.update(bigEndian(1, 2, 3, 4));
    digest.update("b.weight[10, 20]".getBytes(StandardCharsets.UTF_8));
    digest.update(bigEndian(IntStream.range(68, 132).asDoubleStream().toArray()));
    String expected = HexFormat.of().formatHex(digest.digest()).substring(0, 32);
    assertThat(checkpoint("x", WEIGHTS).fingerprint().hex()).isEqualTo(expected);
  }

  private static byte[] bigEndian(double... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length);
    for (double value : values) {
      bytes.putDouble(value);
    }
    return bytes.array();
  }

  @Test
  void fileOrderOfTensorsVectorsAndStorageDoNotMatter() {
    Fingerprint fingerprint = checkpoint("x", WEIGHTS).fingerprint();
    FakeCheckpoint other =
        new FakeCheckpoint(Path.of("elsewhere"))
            .with("vector", Shape.of(3), 9, 9, 9)
            .with("a.weight", Shape.of(2, 1, 2), 1, 2, 3, 4)
            .with(asHalf("b.weight", Shape.of(10, 20), WEIGHTS));
    assertThat(other.fingerprint()).isEqualTo(fingerprint).hasToString(fingerprint.hex());
  }

  @Test
  void anotherWeightNameOrShapeIsAnotherModel() {
    Fingerprint fingerprint = checkpoint("x", WEIGHTS).fingerprint();
    double[] trained = WEIGHTS.clone();
    trained[100] += 1e-3;
    assertThat(checkpoint("x", trained).fingerprint()).isNotEqualTo(fingerprint);
    assertThat(checkpoint("x", WEIGHTS).with("c.weight", Shape.of(2, 2), 1, 2, 3, 4).fingerprint())
        .isNotEqualTo(fingerprint);
    assertThat(
            new FakeCheckpoint(Path.of("x"))
                .with("b.weight", Shape.of(20, 10), WEIGHTS)
                .with("a.weight", Shape.of(2, 2), 1, 2, 3, 4)
                .fingerprint())
        .isNotEqualTo(fingerprint);
  }

  @Test
  void modelsOfOneChannelAreToldApartByTheirColumns() {
    Fingerprint fingerprint = oneChannel(3).fingerprint();
    assertThat(oneChannel(3).fingerprint()).isEqualTo(fingerprint);
    assertThat(oneChannel(4).fingerprint()).isNotEqualTo(fingerprint);
    assertThat(oneChannel(3).with("vector", Shape.of(1, 1, 2), 1, 2).fingerprint())
        .isEqualTo(fingerprint);
  }

  private static FakeCheckpoint oneChannel(double weight) {
    return new FakeCheckpoint(Path.of("x")).with("emb.weight", Shape.of(2, 1), 1, weight);
  }

  private static TensorView asHalf(String name, Shape shape, double... values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      bytes.putShort(Float.floatToFloat16((float) value));
    }
    return TensorView.of(name, DType.F16, shape, MemorySegment.ofArray(bytes.array()));
  }
}

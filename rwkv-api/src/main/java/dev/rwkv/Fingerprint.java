package dev.rwkv;

import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeSet;

/**
 * Tells one model's weights from another's, so that a state is never restored into a foreign model.
 *
 * @param hex 32 hexadecimal digits
 */
public record Fingerprint(String hex) {
  private static final int SAMPLES = 64;

  /**
   * A hash of the names and shapes of all matrices and of {@value #SAMPLES} consecutive elements
   * from the middle of each.
   *
   * <p>A sample, because hashing every weight would make opening a large model slow: training
   * changes practically every element of a matrix. Matrices only, and their decoded values, because
   * formats disagree on how they store the small vectors: the same weights as {@code .pth}, {@code
   * .safetensors} and rwkv.cpp file have the same fingerprint; another precision has another. A
   * vector may be stored as {@code [1, 1, C]}, so leading dimensions of 1 do not make a matrix, and
   * matrices of one row do not count.
   */
  public static Fingerprint of(Checkpoint checkpoint) {
    MessageDigest digest = sha256();
    double[] sample = new double[SAMPLES];
    ByteBuffer bytes = ByteBuffer.allocate(SAMPLES * Double.BYTES);
    for (String name : new TreeSet<>(checkpoint.names())) {
      TensorView tensor = checkpoint.tensor(name);
      if (isVector(tensor.shape())) {
        continue;
      }
      digest.update((name + tensor.shape().squeeze()).getBytes(StandardCharsets.UTF_8));
      int count = (int) Math.min(SAMPLES, tensor.shape().elements());
      tensor.copyTo((tensor.shape().elements() - count) / 2, sample, 0, count);
      bytes.clear();
      for (int i = 0; i < count; i++) {
        bytes.putDouble(sample[i]);
      }
      digest.update(bytes.flip());
    }
    return new Fingerprint(HexFormat.of().formatHex(digest.digest(), 0, 16));
  }

  private static boolean isVector(Shape shape) {
    int leading = 0;
    while (leading < shape.rank() && shape.dim(leading) == 1) {
      leading++;
    }
    return shape.rank() - leading < 2;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return hex;
  }
}

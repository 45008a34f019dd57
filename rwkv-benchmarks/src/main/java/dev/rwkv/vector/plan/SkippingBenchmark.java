package dev.rwkv.vector.plan;

import dev.rwkv.vector.kernel.PanelFormat;
import dev.rwkv.vector.kernel.Rates;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * {@link dev.rwkv.vector.kernel.PanelKernel} with a list of some columns, as channel-mix has it
 * when the others are zero. Gigabytes are those of the columns in the list: what is gained is in
 * the calls per second.
 */
public class SkippingBenchmark extends PanelOperands {
  private static final long BYTES = 256L << 20;

  /** How the weights lie; plain formats, whose columns can be read one by one. */
  @Param({"F32", "BF16", "F16"})
  public PanelFormat format;

  /** The share of the columns that are not zero. */
  @Param({"1", "0.75", "0.5", "0.25", "0.1"})
  public double share;

  private @Nullable PanelMatrix matrix;
  private final int[] live = new int[COLUMNS];
  private int count;
  private float[] x = {};
  private float[] y = {};

  /** Made by JMH. */
  public SkippingBenchmark() {
    format = PanelFormat.F32;
  }

  /** Makes operands. */
  @Setup
  public void setUp() {
    PanelMatrix made = matrix(format, BYTES);
    matrix = made;
    count = 0;
    for (int column = 0; column < COLUMNS; column++) {
      if (random().nextDouble() < share) {
        live[count++] = made.places()[column];
      }
    }
    x = normal(COLUMNS);
    y = new float[made.rows()];
  }

  /** y = W x, over the columns in the list. */
  @Benchmark
  public float[] multiply(Rates rates) {
    PanelMatrix w = Objects.requireNonNull(matrix);
    w.multiply(0, w.panels(), live, count, x, y);
    rates.gigabytes += 1e-9 * w.bytes() * count / COLUMNS;
    rates.gigaflops += gigaflops(w, count, 1);
    return y;
  }
}

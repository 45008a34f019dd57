package dev.rwkv.vector.plan;

import dev.rwkv.vector.kernel.PanelFormat;
import dev.rwkv.vector.kernel.Rates;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** {@link dev.rwkv.vector.kernel.PanelKernel}: a matrix times one token, as decode does it. */
public class PanelBenchmark extends PanelOperands {
  /** How the weights lie. */
  @Param public PanelFormat format;

  /** The matrix's size: in the second-level cache, or in memory. */
  @Param({"0.5", "256"})
  public double mebibytes;

  private @Nullable PanelMatrix matrix;
  private @Nullable ProductScratch scratch;
  private float[] x = {};
  private float[] y = {};

  /** Made by JMH. */
  public PanelBenchmark() {
    format = PanelFormat.F32;
  }

  /** Makes operands. */
  @Setup
  public void setUp() {
    PanelMatrix made = matrix(format, (long) (mebibytes * (1 << 20)));
    matrix = made;
    scratch = new ProductScratch(kernels());
    x = normal(COLUMNS);
    y = new float[made.rows()];
  }

  /** y = W x. */
  @Benchmark
  public float[] multiply(Rates rates) {
    PanelMatrix w = Objects.requireNonNull(matrix);
    w.multiply(0, w.panels(), x, y, Objects.requireNonNull(scratch));
    rates.gigabytes += 1e-9 * w.bytes();
    rates.gigaflops += gigaflops(w, COLUMNS, 1);
    return y;
  }
}

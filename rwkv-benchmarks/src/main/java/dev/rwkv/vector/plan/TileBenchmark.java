package dev.rwkv.vector.plan;

import dev.rwkv.vector.kernel.PanelFormat;
import dev.rwkv.vector.kernel.Rates;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * {@link dev.rwkv.vector.kernel.TileKernel} and, for quantised weights, {@link
 * dev.rwkv.vector.kernel.BlockTileKernel}, with the unpacking of panels before it: a matrix times
 * many tokens, as prefill and batches do it.
 */
public class TileBenchmark extends PanelOperands {
  private static final long BYTES = 4L << 20;

  /** How the weights lie. */
  @Param public PanelFormat format;

  /** Tokens that share the unpacked weights. */
  @Param({"8", "128"})
  public int tokens;

  private @Nullable PanelMatrix matrix;
  private final ProductScratch scratch = new ProductScratch();
  private float[] x = {};
  private float[] y = {};

  /** Made by JMH. */
  public TileBenchmark() {
    format = PanelFormat.F32;
  }

  /** Makes operands. */
  @Setup
  public void setUp() {
    PanelMatrix made = matrix(format, BYTES);
    matrix = made;
    x = normal(ProductScratch.roundedUp(tokens) * stride(COLUMNS));
    y = new float[ProductScratch.roundedUp(tokens) * stride(made.rows())];
  }

  // As in Activations: at a distance that is a power of two, rows would share a set of the cache.
  private static int stride(int width) {
    return width + 16;
  }

  /** Y = X Wᵀ. */
  @Benchmark
  public float[] multiply(Rates rates) {
    PanelMatrix w = Objects.requireNonNull(matrix);
    w.multiply(0, w.panels(), x, stride(COLUMNS), tokens, y, stride(w.rows()), scratch);
    rates.gigabytes += 1e-9 * w.bytes();
    rates.gigaflops += gigaflops(w, COLUMNS, tokens);
    return y;
  }
}

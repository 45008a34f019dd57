package dev.rwkv.vector.plan;

import dev.rwkv.vector.kernel.PanelFormat;
import dev.rwkv.vector.kernel.Rates;
import dev.rwkv.vector.kernel.TileInputs;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * {@link dev.rwkv.vector.kernel.TileKernel} with the unpacking of panels before it: a matrix times
 * many tokens, as prefill and batches do it.
 */
public class TileBenchmark extends PanelOperands {
  /** How the weights lie. */
  @Param public PanelFormat format;

  /** Tokens that share the unpacked weights. */
  @Param({"16", "128"})
  public int tokens;

  /** The matrix's size: in the last cache, or in memory. */
  @Param({"4", "256"})
  public double mebibytes;

  private @Nullable PanelMatrix matrix;
  private @Nullable ProductScratch scratch;
  private @Nullable TileInputs x;
  private float[] y = {};

  /** Made by JMH. */
  public TileBenchmark() {
    format = PanelFormat.F32;
  }

  /** Makes operands. */
  @Setup
  public void setUp() {
    PanelMatrix made = matrix(format, (long) (mebibytes * (1 << 20)));
    matrix = made;
    scratch = new ProductScratch(kernels());
    TileInputs arranged = new TileInputs(kernels().tile());
    arranged.reserve(tokens, COLUMNS);
    float[] rows = normal(tokens * COLUMNS);
    for (int token = 0; token < tokens; token++) {
      arranged.put(token, rows, token * COLUMNS, 0, COLUMNS);
    }
    x = arranged;
    y = new float[tokens * stride(made.rows())];
  }

  // As in Activations: at a distance that is a power of two, rows would share a set of the cache.
  private static int stride(int width) {
    return width + 16;
  }

  /** Y = X Wᵀ. */
  @Benchmark
  public float[] multiply(Rates rates) {
    PanelMatrix w = Objects.requireNonNull(matrix);
    Share all = new Share(new AtomicLong(), 1).of(w.panels(), tokens);
    all.next();
    TileInputs inputs = Objects.requireNonNull(x);
    w.multiply(all, inputs, y, stride(w.rows()), Objects.requireNonNull(scratch));
    rates.gigabytes += 1e-9 * w.bytes();
    rates.gigaflops += gigaflops(w, COLUMNS, tokens);
    return y;
  }
}

package dev.rwkv.vector.kernel;

import java.util.EnumMap;
import java.util.Map;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;

/**
 * All kernels for one vector width, each compiled for it alone. Stateless, safe for any thread, and
 * made once per width, so that models share what the just-in-time compiler has made of them.
 */
public final class Kernels {
  private static final Map<VectorShape, Kernels> MADE = new EnumMap<>(VectorShape.class);

  private final KernelSpec spec; // of what knows no weights
  private final LayerNormKernel layerNorm;
  private final TokenShiftKernel tokenShift;
  private final ExponentialKernel exponential;
  private final WkvKernel wkv;
  private final GateKernel gate;
  private final SquaredReluKernel squaredRelu;
  private final TileKernel tile;
  private final Map<PanelFormat, PanelKernel> panels = new EnumMap<>(PanelFormat.class);

  private Kernels(VectorShape shape) {
    spec = new KernelSpec(shape, PanelFormat.F32);
    layerNorm = spec.define(LayerNormKernel.class, LayerNormKernel.Template.class);
    tokenShift = spec.define(TokenShiftKernel.class, TokenShiftKernel.Template.class);
    exponential = spec.define(ExponentialKernel.class, ExponentialKernel.Template.class);
    wkv = spec.define(WkvKernel.class, WkvKernel.Template.class);
    gate = spec.define(GateKernel.class, GateKernel.Template.class);
    squaredRelu = spec.define(SquaredReluKernel.class, SquaredReluKernel.Template.class);
    tile =
        spec.hasManyRegisters()
            ? spec.define(TileKernel.class, WideTiles.class)
            : new NarrowTiles(spec);
  }

  /** The kernels for the widest vectors that this processor has, up to 512 bits. */
  public static Kernels preferred() {
    int bits = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    return of(
        bits >= 512
            ? VectorShape.S_512_BIT
            : bits >= 256 ? VectorShape.S_256_BIT : VectorShape.S_128_BIT);
  }

  /**
   * The kernels for one width. All widths work on every processor, but those that it does not have
   * are slow.
   *
   * @param shape 128, 256 or 512 bits
   */
  public static Kernels of(VectorShape shape) {
    synchronized (MADE) {
      return MADE.computeIfAbsent(shape, Kernels::new);
    }
  }

  /** The width. */
  public VectorShape shape() {
    return spec.shape();
  }

  /** Rows of a panel: four vectors. */
  public int panelRows() {
    return spec.panelRows();
  }

  /** Layer norm. */
  public LayerNormKernel layerNorm() {
    return layerNorm;
  }

  /** Token shift. */
  public TokenShiftKernel tokenShift() {
    return tokenShift;
  }

  /** The exponential. */
  public ExponentialKernel exponential() {
    return exponential;
  }

  /** The WKV recurrence. */
  public WkvKernel wkv() {
    return wkv;
  }

  /** Receptance gates and residual connections. */
  public GateKernel gate() {
    return gate;
  }

  /** The activation of channel-mix. */
  public SquaredReluKernel squaredRelu() {
    return squaredRelu;
  }

  /** The inner part of a matrix product. */
  public TileKernel tile() {
    return tile;
  }

  /** Products with weights of one format. */
  public PanelKernel panel(PanelFormat format) {
    synchronized (panels) {
      return panels.computeIfAbsent(format, this::panelKernel);
    }
  }

  private PanelKernel panelKernel(PanelFormat format) {
    return new KernelSpec(shape(), format)
        .define(PanelKernel.class, format.isQuantised() ? BlockPanels.class : PlainPanels.class);
  }
}

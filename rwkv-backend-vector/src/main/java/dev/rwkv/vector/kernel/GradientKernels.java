package dev.rwkv.vector.kernel;

import java.util.EnumMap;
import java.util.Map;
import jdk.incubator.vector.VectorShape;

/**
 * The kernels that only training needs, for one vector width; beside {@link Kernels}, so that a
 * program that runs models does not make them. Stateless and safe for any thread.
 */
public final class GradientKernels {
  private static final Map<VectorShape, GradientKernels> MADE = new EnumMap<>(VectorShape.class);

  private final LayerNormGradientKernel layerNorm;
  private final TokenShiftGradientKernel tokenShift;
  private final WkvGradientKernel wkv;
  private final GateGradientKernel gate;
  private final SquaredReluGradientKernel squaredRelu;
  private final CrossEntropyKernel crossEntropy;
  private final DropoutKernel dropout;

  private GradientKernels(VectorShape shape) {
    KernelSpec spec = new KernelSpec(shape, PanelFormat.F32);
    layerNorm = spec.define(LayerNormGradientKernel.class, LayerNormGradientKernel.Template.class);
    tokenShift =
        spec.define(TokenShiftGradientKernel.class, TokenShiftGradientKernel.Template.class);
    wkv = spec.define(WkvGradientKernel.class, WkvGradientKernel.Template.class);
    gate = spec.define(GateGradientKernel.class, GateGradientKernel.Template.class);
    squaredRelu =
        spec.define(SquaredReluGradientKernel.class, SquaredReluGradientKernel.Template.class);
    crossEntropy = spec.define(CrossEntropyKernel.class, CrossEntropyKernel.Template.class);
    dropout = spec.define(DropoutKernel.class, DropoutKernel.Template.class);
  }

  /** Those that belong to these kernels: of the same width. */
  public static GradientKernels of(Kernels kernels) {
    synchronized (MADE) {
      return MADE.computeIfAbsent(kernels.shape(), GradientKernels::new);
    }
  }

  /** Back through layer norm. */
  public LayerNormGradientKernel layerNorm() {
    return layerNorm;
  }

  /** Back through token shift. */
  public TokenShiftGradientKernel tokenShift() {
    return tokenShift;
  }

  /** Back through the WKV recurrence. */
  public WkvGradientKernel wkv() {
    return wkv;
  }

  /** Back through receptance gates. */
  public GateGradientKernel gate() {
    return gate;
  }

  /** Back through the activation of channel-mix. */
  public SquaredReluGradientKernel squaredRelu() {
    return squaredRelu;
  }

  /** Softmax and its logarithm. */
  public CrossEntropyKernel crossEntropy() {
    return crossEntropy;
  }

  /** Dropout. */
  public DropoutKernel dropout() {
    return dropout;
  }
}

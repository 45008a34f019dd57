package dev.rwkv.train.layer;

import dev.rwkv.train.Parameters;

/** A matrix that multiplies every row: y = W·x, W [outs, ins]. */
final class Linear {
  private final Workspace workspace;
  private final String name;
  private final int outs;
  private final int ins;
  private final float[] forward;
  private final float[] backward;

  Linear(Workspace workspace, String name, int outs, int ins) {
    this.workspace = workspace;
    this.name = name;
    this.outs = outs;
    this.ins = ins;
    this.forward = new float[workspace.padded(outs) * ins];
    this.backward = new float[workspace.padded(ins) * outs];
  }

  /** Takes the weights; the way back is prepared only when it is wanted. */
  void take(Parameters weights, boolean alsoBackward) {
    float[] matrix = weights.values(name);
    workspace.products().packTransposed(matrix, outs, ins, forward);
    if (alsoBackward) {
      workspace.products().pack(matrix, ins, ins, outs, backward);
    }
  }

  /** y = W·x. */
  void forward(Rows x, Rows y) {
    int panels = y.stride() / workspace.kernels().panelRows();
    workspace
        .products()
        .multiply(
            x.values(),
            x.stride(),
            workspace.count(),
            forward,
            ins,
            panels,
            y.values(),
            y.stride());
  }

  /** dx = Wᵀ·dy. */
  void backward(Rows dy, Rows dx) {
    int panels = dx.stride() / workspace.kernels().panelRows();
    workspace
        .products()
        .multiply(
            dy.values(),
            dy.stride(),
            workspace.count(),
            backward,
            outs,
            panels,
            dx.values(),
            dx.stride());
  }

  /** dW = dyᵀ·x. */
  void gradient(Rows dy, Rows x, Parameters gradients) {
    workspace.products().weights(dy, x, workspace.count(), gradients.values(name));
  }
}

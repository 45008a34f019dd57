package dev.rwkv.train.layer;

import dev.rwkv.train.InitialState;
import dev.rwkv.train.Parameters;
import dev.rwkv.train.Regularisation;

/**
 * Channel-mix of one layer: x + σ(r') ⊙ (W'_v max(k', 0)²) with r', k' from shifted ln2(x) (paper
 * eq. 14, 15, 18).
 */
public final class ChannelMix {
  private final Workspace workspace;
  private final Scratch scratch;
  private final StartState start;
  private final Norm norm;
  private final Projection key;
  private final Linear value;
  private final Projection receptance;
  private final Dropout dropout;
  private final Rows normed;
  private final Rows keys;
  private final Rows values;
  private final Rows receptances;

  /** Of layer {@code layer}. */
  public ChannelMix(Workspace workspace, Scratch scratch, int layer) {
    this.workspace = workspace;
    this.scratch = scratch;
    int width = workspace.config().width();
    int wide = workspace.config().feedForwardWidth();
    String block = "blocks." + layer + ".";
    this.start = new StartState(workspace.padded(width));
    this.norm = new Norm(workspace, block + "ln2");
    this.key =
        new Projection(
            workspace, scratch, block + "ffn.time_mix_k", block + "ffn.key.weight", wide);
    this.value = new Linear(workspace, block + "ffn.value.weight", width, wide);
    this.receptance =
        new Projection(
            workspace, scratch, block + "ffn.time_mix_r", block + "ffn.receptance.weight", width);
    this.dropout = new Dropout(workspace, 2 * layer + 2);
    this.normed = workspace.rows(width);
    this.keys = workspace.rows(wide);
    this.values = workspace.rows(width);
    this.receptances = workspace.rows(width);
  }

  /** Takes the weights of a step. */
  public void take(Parameters weights, Regularisation regularisation, boolean alsoBackward) {
    norm.take(weights);
    key.take(weights, alsoBackward);
    value.take(weights, alsoBackward);
    receptance.take(weights, alsoBackward);
    dropout.take(regularisation);
  }

  /** Texts start from nothing. */
  public void startEmpty() {
    start.clear();
  }

  /** Texts start from this. */
  public void startFrom(InitialState.Layer state) {
    start.set(state.channelShift(), new float[0], new float[0]);
  }

  /** y = x + channel-mix of x. */
  public void forward(Rows x, Rows y) {
    norm.forward(x, normed);
    key.forward(normed, start, keys);
    receptance.forward(normed, start, receptances);
    activated();
    value.forward(scratch.hidden, values);
    workspace.eachRow(row -> {
      workspace
          .kernels()
          .exponential()
          .fall(receptances.values(), receptances.at(row), receptances.stride());
      y.copyRow(values, row);
      workspace
          .kernels()
          .gate()
          .gate(receptances.values(), receptances.at(row), y.values(), y.at(row), y.stride());
      dropout.apply(y, row);
      workspace.kernels().gate().add(x.values(), x.at(row), y.values(), y.at(row), y.stride());
    });
  }

  // max(k', 0)²
  private void activated() {
    workspace.eachRow(row -> {
      scratch.hidden.copyRow(keys, row);
      workspace
          .kernels()
          .squaredRelu()
          .activate(scratch.hidden.values(), scratch.hidden.at(row), keys.stride());
    });
  }

  /**
   * Back through channel-mix.
   *
   * @param x what {@link #forward} was given
   * @param dx derivatives by the result on entry, by x on return
   */
  public void backward(Rows x, Rows dx, Parameters gradients) {
    Rows branch = scratch.branch;
    Rows dhidden = scratch.dhidden;
    workspace.eachRow(row -> {
      branch.copyRow(dx, row);
      dropout.apply(branch, row);
      workspace
          .gradientKernels()
          .gate()
          .backward(
              receptances.values(),
              receptances.at(row),
              values.values(),
              values.at(row),
              branch.values(),
              branch.at(row),
              branch.stride());
    });
    // Now receptances hold dr' and the branch the derivatives by W'_v max(k', 0)².
    activated();
    value.gradient(branch, scratch.hidden, gradients);
    value.backward(branch, dhidden);
    workspace.eachRow(row ->
        workspace
            .gradientKernels()
            .squaredRelu()
            .backward(
                keys.values(), keys.at(row), dhidden.values(), dhidden.at(row), dhidden.stride()));
    workspace.eachRow(branch::clearRow);
    key.backward(normed, start, dhidden, branch, gradients);
    receptance.backward(normed, start, receptances, branch, gradients);
    norm.backward(x, branch, dx, gradients);
  }

  /** Hands out the derivatives by the state that texts started from. */
  public void startGradients(InitialState.Layer gradients) {
    start.gradients(gradients.channelShift(), new float[0], new float[0]);
  }
}

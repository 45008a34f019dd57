package dev.rwkv.train.layer;

import dev.rwkv.train.InitialState;
import dev.rwkv.train.Parameters;
import dev.rwkv.train.Regularisation;

/**
 * Time-mix of one layer: x + W_o (σ(r) ⊙ wkv(k, v)) with r, k, v from shifted ln1(x) (paper eq.
 * 11–13, 16, 17).
 */
public final class TimeMix {
  private final Workspace workspace;
  private final Scratch scratch;
  private final StartState start;
  private final Norm norm;
  private final Projection key;
  private final Projection value;
  private final Projection receptance;
  private final Linear output;
  private final Wkv wkv;
  private final Dropout dropout;
  private final Rows normed;
  private final Rows values;
  private final Rows receptances;
  private final Rows averages;

  /** Of layer {@code layer}. */
  public TimeMix(Workspace workspace, Scratch scratch, int layer) {
    this.workspace = workspace;
    this.scratch = scratch;
    int width = workspace.config().width();
    String block = "blocks." + layer + ".";
    this.start = new StartState(workspace.padded(width));
    this.norm = new Norm(workspace, block + "ln1");
    this.key =
        new Projection(
            workspace, scratch, block + "att.time_mix_k", block + "att.key.weight", width);
    this.value =
        new Projection(
            workspace, scratch, block + "att.time_mix_v", block + "att.value.weight", width);
    this.receptance =
        new Projection(
            workspace, scratch, block + "att.time_mix_r", block + "att.receptance.weight", width);
    this.output = new Linear(workspace, block + "att.output.weight", width, width);
    this.wkv = new Wkv(workspace, block);
    this.dropout = new Dropout(workspace, 2 * layer + 1);
    this.normed = workspace.rows(width);
    this.values = workspace.rows(width);
    this.receptances = workspace.rows(width);
    this.averages = workspace.rows(width);
  }

  /** Takes the weights of a step. */
  public void take(Parameters weights, Regularisation regularisation, boolean alsoBackward) {
    norm.take(weights);
    key.take(weights, alsoBackward);
    value.take(weights, alsoBackward);
    receptance.take(weights, alsoBackward);
    output.take(weights, alsoBackward);
    wkv.take(weights);
    dropout.take(regularisation);
  }

  /** Texts start from nothing. */
  public void startEmpty() {
    start.clear();
  }

  /** Texts start from this. */
  public void startFrom(InitialState.Layer state) {
    start.set(state.timeShift(), state.value(), state.key());
  }

  /** y = x + time-mix of x. */
  public void forward(Rows x, Rows y) {
    norm.forward(x, normed);
    key.forward(normed, start, scratch.key);
    value.forward(normed, start, values);
    receptance.forward(normed, start, receptances);
    wkv.forward(scratch.key, values, start.sums(), averages);
    gated(scratch.gated, true);
    output.forward(scratch.gated, y);
    workspace.eachRow(row -> {
      dropout.apply(y, row);
      workspace.kernels().gate().add(x.values(), x.at(row), y.values(), y.at(row), y.stride());
    });
  }

  // σ(r) ⊙ wkv; the first time, receptances become ±e^−|r|.
  private void gated(Rows to, boolean first) {
    workspace.eachRow(row -> {
      if (first) {
        workspace
            .kernels()
            .exponential()
            .fall(receptances.values(), receptances.at(row), receptances.stride());
      }
      to.copyRow(averages, row);
      workspace
          .kernels()
          .gate()
          .gate(receptances.values(), receptances.at(row), to.values(), to.at(row), to.stride());
    });
  }

  /**
   * Back through time-mix.
   *
   * @param x what {@link #forward} was given
   * @param dx derivatives by the result on entry, by x on return
   */
  public void backward(Rows x, Rows dx, Parameters gradients) {
    Rows branch = scratch.branch;
    workspace.eachRow(row -> {
      branch.copyRow(dx, row);
      dropout.apply(branch, row);
    });
    gated(scratch.gated, false);
    output.gradient(branch, scratch.gated, gradients);
    output.backward(branch, scratch.value);
    workspace.eachRow(row ->
        workspace
            .gradientKernels()
            .gate()
            .backward(
                receptances.values(),
                receptances.at(row),
                averages.values(),
                averages.at(row),
                scratch.value.values(),
                scratch.value.at(row),
                receptances.stride()));
    // Now receptances hold dr and scratch.value the derivatives by wkv.
    wkv.backward(
        values,
        averages,
        start.sums(),
        scratch.value,
        scratch.key,
        scratch.gated,
        scratch.mixed,
        start.dsums(),
        gradients);
    workspace.eachRow(branch::clearRow);
    key.backward(normed, start, scratch.key, branch, gradients);
    value.backward(normed, start, scratch.value, branch, gradients);
    receptance.backward(normed, start, receptances, branch, gradients);
    norm.backward(x, branch, dx, gradients);
  }

  /** Hands out the derivatives by the state that texts started from. */
  public void startGradients(InitialState.Layer gradients) {
    start.gradients(gradients.timeShift(), gradients.value(), gradients.key());
  }
}

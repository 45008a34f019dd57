package dev.rwkv.vector.plan;

import dev.rwkv.vector.kernel.ExponentialKernel;
import dev.rwkv.vector.kernel.WkvKernel;

/** Time-mix of one layer, as one worker does its share of it (paper eq. 11–13, 16, 17). */
final class TimeMixStep {
  // What channels are handed out by where panels are not, see WkvKernel.
  private static final int CHANNELS = 16;

  private final ModelPlan plan;
  private final StateMemory layout;
  private final Rows rows;

  TimeMixStep(ModelPlan plan, StateMemory layout, Rows rows) {
    this.plan = plan;
    this.layout = layout;
    this.rows = rows;
  }

  void run(Worker worker, LayerPlan.TimeMix weights, int layer) {
    Activations buffers = rows.buffers();
    Activations.Inputs inputs = rows.inputs(worker);
    int stride = buffers.stride;
    int shift = layout.timeShift(layer);
    rows.normalise(worker, weights.norm());
    rows.shift(worker, shift, weights.mixKey(), inputs.key);
    rows.shift(worker, shift, weights.mixValue(), inputs.value);
    rows.shift(worker, shift, weights.mixReceptance(), inputs.receptance);
    if (rows.count() > 1) {
      worker.barrier();
    }
    Share share = worker.share(weights.key().panels(), rows.count());
    while (share.next()) {
      rows.multiply(worker, share, weights.key(), inputs.key, buffers.key, stride);
      rows.multiply(worker, share, weights.value(), inputs.value, buffers.value, stride);
      rows.multiply(
          worker, share, weights.receptance(), inputs.receptance, buffers.receptance, stride);
      if (!share.cutsPanels()) {
        // r, k and v of these channels are complete: nobody need be waited for.
        int height = plan.kernels().panelRows();
        wkv(weights, layer, share.firstPanel(0) * height, share.endPanel(0) * height);
      }
    }
    if (share.cutsPanels()) {
      worker.barrier();
      int blocks = plan.paddedWidth() / CHANNELS;
      wkv(weights, layer, worker.from(blocks) * CHANNELS, worker.to(blocks) * CHANNELS);
    }
    worker.barrier();
    rows.keepShift(worker, shift);
    share = worker.share(weights.output().panels(), rows.count());
    while (share.next()) {
      rows.multiply(
          worker, share, weights.output(), buffers.value, buffers.gated, buffers.product, stride);
      add(share);
    }
    worker.barrier();
  }

  private void add(Share share) {
    Activations buffers = rows.buffers();
    int height = plan.kernels().panelRows();
    for (int i = 0; i < share.pieces(); i++) {
      int from = share.firstPanel(i) * height;
      int count = share.endPanel(i) * height - from;
      for (int row = share.firstRow(i); row < share.endRow(i); row++) {
        int at = row * buffers.stride + from;
        rows.gate().add(buffers.product, at, buffers.residual, at, count);
      }
    }
  }

  private void wkv(LayerPlan.TimeMix weights, int layer, int from, int to) {
    Activations buffers = rows.buffers();
    WkvKernel wkv = plan.kernels().wkv();
    ExponentialKernel exponential = plan.kernels().exponential();
    int stride = buffers.stride;
    for (int text = 0; text < rows.texts(); text++) {
      wkv.exponents(
          weights.decay(),
          weights.bonus(),
          buffers.key,
          buffers.output,
          buffers.carry,
          text * stride,
          rows.rowsOfText(),
          stride,
          rows.state(text),
          layout.exponent(layer),
          from,
          to);
    }
    for (int row = 0; row < rows.count(); row++) {
      exponential.fall(buffers.output, row * stride + from, to - from);
      exponential.fall(buffers.carry, row * stride + from, to - from);
      exponential.fall(buffers.receptance, row * stride + from, to - from);
    }
    for (int text = 0; text < rows.texts(); text++) {
      wkv.sums(
          buffers.value,
          buffers.output,
          buffers.carry,
          buffers.value,
          text * stride,
          rows.rowsOfText(),
          stride,
          rows.state(text),
          layout.numerator(layer),
          layout.width(),
          from,
          to);
    }
    for (int row = 0; row < rows.count(); row++) {
      int at = row * stride + from;
      rows.gate().gate(buffers.receptance, at, buffers.value, at, to - from);
    }
    rows.arrange(buffers.value, stride, 0, rows.count(), from, to, buffers.gated);
  }
}

package dev.rwkv.vector.plan;

import dev.rwkv.vector.kernel.ExponentialKernel;
import dev.rwkv.vector.kernel.WkvKernel;

/** Time-mix of one layer, as one worker does its share of it (paper eq. 11–13, 16, 17). */
final class TimeMixStep {
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
    rows.multiply(worker, weights.key(), inputs.key, buffers.key, stride);
    rows.multiply(worker, weights.value(), inputs.value, buffers.value, stride);
    rows.multiply(worker, weights.receptance(), inputs.receptance, buffers.receptance, stride);
    wkv(worker, weights, layer);
    worker.barrier();
    rows.keepShift(worker, shift);
    rows.multiply(worker, weights.output(), buffers.value, buffers.gated, buffers.product, stride);
    int from = firstChannel(worker);
    for (int row = 0; row < rows.count(); row++) {
      int at = row * stride + from;
      rows.gate().add(buffers.product, at, buffers.residual, at, endChannel(worker) - from);
    }
    worker.barrier();
  }

  // The channels whose r, k and v this worker has just computed: no need to wait for the others.
  private void wkv(Worker worker, LayerPlan.TimeMix weights, int layer) {
    Activations buffers = rows.buffers();
    WkvKernel wkv = plan.kernels().wkv();
    ExponentialKernel exponential = plan.kernels().exponential();
    int stride = buffers.stride;
    int from = firstChannel(worker);
    int to = endChannel(worker);
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
    rows.arrange(buffers.value, stride, from, to, buffers.gated);
  }

  private int firstChannel(Worker worker) {
    int height = plan.kernels().panelRows();
    return worker.from(plan.paddedWidth() / height) * height;
  }

  private int endChannel(Worker worker) {
    int height = plan.kernels().panelRows();
    return worker.to(plan.paddedWidth() / height) * height;
  }
}

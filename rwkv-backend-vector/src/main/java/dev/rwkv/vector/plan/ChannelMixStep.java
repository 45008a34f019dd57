package dev.rwkv.vector.plan;

import dev.rwkv.WeightTraffic;
import dev.rwkv.vector.kernel.SquaredReluKernel;
import java.util.concurrent.atomic.AtomicLong;

/** Channel-mix of one layer, as one worker does its share of it (paper eq. 14, 15, 18). */
final class ChannelMixStep {
  private final ModelPlan plan;
  private final StateMemory layout;
  private final Rows rows;
  private final boolean dense;
  private final AtomicLong channelsSeen = new AtomicLong();
  private final AtomicLong zerosSeen = new AtomicLong();
  private final AtomicLong zerosSkipped = new AtomicLong();

  ChannelMixStep(ModelPlan plan, StateMemory layout, Rows rows, boolean dense) {
    this.plan = plan;
    this.layout = layout;
    this.rows = rows;
    this.dense = dense;
  }

  /** What a step reads, and what was skipped so far. */
  WeightTraffic weightTraffic() {
    // In this order, because steps may be under way: no part is ever larger than its whole.
    long skipped = zerosSkipped.get();
    long zeros = zerosSeen.get();
    return new WeightTraffic(
        plan.bytesPerToken(), plan.skippableBytesPerToken(), channelsSeen.get(), zeros, skipped);
  }

  void run(Worker worker, LayerPlan.ChannelMix weights, int layer) {
    Activations buffers = rows.buffers();
    Activations.Inputs inputs = rows.inputs(worker);
    int stride = buffers.stride;
    int wideStride = buffers.wideStride;
    int shift = layout.channelShift(layer);
    int height = plan.kernels().panelRows();
    rows.normalise(worker, weights.norm());
    rows.shift(worker, shift, weights.mixKey(), inputs.key);
    rows.shift(worker, shift, weights.mixReceptance(), inputs.receptance);
    if (rows.count() > 1) {
      worker.barrier();
    }
    rows.multiply(worker, weights.key(), inputs.key, buffers.hidden, wideStride);
    int from = worker.from(weights.key().panels()) * height;
    int to = worker.to(weights.key().panels()) * height;
    for (int row = 0; row < rows.count(); row++) {
      plan.kernels().squaredRelu().activate(buffers.hidden, row * wideStride + from, to - from);
    }
    rows.arrange(buffers.hidden, wideStride, from, to, buffers.activated);
    rows.multiply(worker, weights.receptance(), inputs.receptance, buffers.receptance, stride);
    worker.barrier();
    rows.keepShift(worker, shift);
    if (rows.count() == 1) {
      multiplyOneRow(worker, weights.value());
    } else {
      rows.multiply(
          worker, weights.value(), buffers.hidden, buffers.activated, buffers.product, stride);
    }
    from = worker.from(weights.value().panels()) * height;
    to = worker.to(weights.value().panels()) * height;
    for (int row = 0; row < rows.count(); row++) {
      int at = row * stride + from;
      plan.kernels().exponential().fall(buffers.receptance, at, to - from);
      rows.gate()
          .addGated(buffers.receptance, at, buffers.product, at, buffers.residual, at, to - from);
    }
    worker.barrier();
  }

  private void multiplyOneRow(Worker worker, PanelMatrix matrix) {
    Activations buffers = rows.buffers();
    int channels = matrix.columns();
    int zeros = plan.kernels().squaredRelu().countZeros(buffers.hidden, channels);
    boolean skip = !dense && zeros >= matrix.format().zerosWorthSkipping() * channels;
    if (worker.number == 0) {
      channelsSeen.addAndGet(channels);
      zerosSeen.addAndGet(zeros);
      zerosSkipped.addAndGet(skip ? zeros : 0);
    }
    int[] list = rows.all();
    int live = channels;
    float[] inputs = buffers.hidden;
    if (skip) {
      live =
          SquaredReluKernel.listNonZero(buffers.hidden, channels, worker.channels, worker.values);
      list = worker.channels;
      inputs = worker.values;
    }
    matrix.multiply(
        worker.from(matrix.panels()),
        worker.to(matrix.panels()),
        list,
        live,
        inputs,
        0,
        buffers.product);
  }
}

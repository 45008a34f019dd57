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
    rows.normalise(worker, weights.norm());
    rows.shift(worker, shift, weights.mixKey(), inputs.key);
    rows.shift(worker, shift, weights.mixReceptance(), inputs.receptance);
    if (rows.count() > 1) {
      worker.barrier();
    }
    Share share = worker.share(weights.key().panels(), rows.count());
    while (share.next()) {
      rows.multiply(worker, share, weights.key(), inputs.key, buffers.hidden, wideStride);
      activate(share);
    }
    share = worker.share(weights.receptance().panels(), rows.count());
    while (share.next()) {
      rows.multiply(
          worker, share, weights.receptance(), inputs.receptance, buffers.receptance, stride);
    }
    worker.barrier();
    rows.keepShift(worker, shift);
    PanelMatrix value = weights.value();
    boolean skip = rows.count() == 1 && skipsZeros(worker, value);
    int live = skip ? listLive(worker, value) : 0;
    share = worker.share(value.panels(), rows.count());
    while (share.next()) {
      if (skip) {
        int from = share.firstPanel(0);
        int to = share.endPanel(0);
        value.multiply(from, to, worker.live, live, worker.values, buffers.product);
      } else {
        rows.multiply(
            worker, share, value, buffers.hidden, buffers.activated, buffers.product, stride);
      }
      addGated(share);
    }
    worker.barrier();
  }

  private void activate(Share share) {
    Activations buffers = rows.buffers();
    int stride = buffers.wideStride;
    int height = plan.kernels().panelRows();
    for (int i = 0; i < share.pieces(); i++) {
      int from = share.firstPanel(i) * height;
      int to = share.endPanel(i) * height;
      for (int row = share.firstRow(i); row < share.endRow(i); row++) {
        plan.kernels().squaredRelu().activate(buffers.hidden, row * stride + from, to - from);
      }
      rows.arrange(
          buffers.hidden, stride, share.firstRow(i), share.endRow(i), from, to, buffers.activated);
    }
  }

  private void addGated(Share share) {
    Activations buffers = rows.buffers();
    int height = plan.kernels().panelRows();
    for (int i = 0; i < share.pieces(); i++) {
      int from = share.firstPanel(i) * height;
      int count = share.endPanel(i) * height - from;
      for (int row = share.firstRow(i); row < share.endRow(i); row++) {
        int at = row * buffers.stride + from;
        plan.kernels().exponential().fall(buffers.receptance, at, count);
        rows.gate()
            .addGated(buffers.receptance, at, buffers.product, at, buffers.residual, at, count);
      }
    }
  }

  private boolean skipsZeros(Worker worker, PanelMatrix matrix) {
    float[] hidden = rows.buffers().hidden;
    int channels = matrix.columns();
    int zeros = plan.kernels().squaredRelu().countZeros(hidden, channels);
    boolean skip = !dense && zeros >= matrix.format().zerosWorthSkipping() * channels;
    if (worker.number == 0) {
      channelsSeen.addAndGet(channels);
      zerosSeen.addAndGet(zeros);
      zerosSkipped.addAndGet(skip ? zeros : 0);
    }
    return skip;
  }

  private int listLive(Worker worker, PanelMatrix matrix) {
    return SquaredReluKernel.listNonZero(
        rows.buffers().hidden, matrix.columns(), matrix.places(), worker.live, worker.values);
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.conformance.mutant.FloatWeights.ChannelMix;
import dev.rwkv.conformance.mutant.FloatWeights.TimeMix;

/** A block that forgets what it was given. */
@Breaks(value = "RWKV-MOD-001", how = "leaves out the residual around the channel-mix")
public final class ResidualMissing extends HonestBackend {
  @Override
  protected float[] channelMix(ChannelMix w, float[] x, float[] previous) {
    residual = false;
    return super.channelMix(w, x, previous);
  }

  @Override
  protected float[] timeMix(TimeMix w, LiveState.Layer state, float[] x, float[] previous) {
    residual = true;
    return super.timeMix(w, state, x, previous);
  }

  @Override
  protected float[] add(float[] x, float[] y) {
    return residual ? super.add(x, y) : y;
  }

  private boolean residual;
}

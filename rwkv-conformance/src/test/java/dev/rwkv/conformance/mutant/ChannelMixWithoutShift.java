package dev.rwkv.conformance.mutant;

import dev.rwkv.conformance.mutant.FloatWeights.ChannelMix;

/** A shift in one half of the block. */
@Breaks(value = "RWKV-TSH-003", how = "mixes the token with itself in channel-mix")
public final class ChannelMixWithoutShift extends HonestBackend {
  @Override
  protected float[] channelMix(ChannelMix w, float[] x, float[] previous) {
    return super.channelMix(w, x, x);
  }
}

package dev.rwkv.vector.plan;

/**
 * The weights of one layer. Vectors are padded with zeros to whole panels.
 *
 * @param timeMix the first half
 * @param channelMix the second half
 */
record LayerPlan(TimeMix timeMix, ChannelMix channelMix) {

  /**
   * A layer norm.
   *
   * @param gain [C]
   * @param bias [C]
   */
  record Norm(float[] gain, float[] bias) {}

  /**
   * Weights of time-mix; the vectors are μ_k, μ_v, μ_r, w and u, the matrices [C, C].
   *
   * @param decay w, the logarithm of the factor per token
   * @param bonus u
   */
  record TimeMix(
      Norm norm,
      float[] mixKey,
      float[] mixValue,
      float[] mixReceptance,
      float[] decay,
      float[] bonus,
      PanelMatrix key,
      PanelMatrix value,
      PanelMatrix receptance,
      PanelMatrix output) {}

  /**
   * Weights of channel-mix.
   *
   * @param key [F, C]
   * @param receptance [C, C]
   * @param value [C, F]
   */
  record ChannelMix(
      Norm norm,
      float[] mixKey,
      float[] mixReceptance,
      PanelMatrix key,
      PanelMatrix receptance,
      PanelMatrix value) {}
}

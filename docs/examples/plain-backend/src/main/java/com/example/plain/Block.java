package com.example.plain;

import dev.rwkv.StateLayout;
import dev.rwkv.checkpoint.architecture.Rwkv4Weights;
import dev.rwkv.checkpoint.architecture.Rwkv4Weights.ChannelMix;
import dev.rwkv.checkpoint.architecture.Rwkv4Weights.TimeMix;

/** One layer: time-mix and channel-mix (equations 11 to 18 and 23 to 28 of the RWKV paper). */
final class Block {
  private final LayerNorm timeMixNorm;
  private final float[] timeMixKey;
  private final float[] timeMixValue;
  private final float[] timeMixReceptance;
  private final float[] decay;
  private final float[] bonus;
  private final Matrix key;
  private final Matrix value;
  private final Matrix receptance;
  private final Matrix output;

  private final LayerNorm channelMixNorm;
  private final float[] channelMixKey;
  private final float[] channelMixReceptance;
  private final Matrix hiddenKey;
  private final Matrix hiddenReceptance;
  private final Matrix hiddenValue;

  // Where the parts of this layer's state begin.
  private final int timeShift;
  private final int numerator;
  private final int denominator;
  private final int exponent;
  private final int channelShift;

  Block(Rwkv4Weights.Layer layer, int index, StateLayout layout, double epsilon) {
    TimeMix time = layer.timeMix();
    timeMixNorm = LayerNorm.of(layer.timeMixNorm(), epsilon);
    timeMixKey = time.mixKey().toFloats();
    timeMixValue = time.mixValue().toFloats();
    timeMixReceptance = time.mixReceptance().toFloats();
    decay = new float[time.decay().length];
    for (int c = 0; c < decay.length; c++) {
      decay[c] = (float) time.decay()[c]; // the logarithm of the factor per token
    }
    bonus = time.bonus().toFloats();
    key = Matrix.of(time.key());
    value = Matrix.of(time.value());
    receptance = Matrix.of(time.receptance());
    output = Matrix.of(time.output());

    ChannelMix channel = layer.channelMix();
    channelMixNorm = LayerNorm.of(layer.channelMixNorm(), epsilon);
    channelMixKey = channel.mixKey().toFloats();
    channelMixReceptance = channel.mixReceptance().toFloats();
    hiddenKey = Matrix.of(channel.key());
    hiddenReceptance = Matrix.of(channel.receptance());
    hiddenValue = Matrix.of(channel.value());

    String name = "blocks." + index + ".";
    timeShift = (int) layout.offset(name + "att.shift");
    numerator = (int) layout.offset(name + "att.numerator");
    denominator = (int) layout.offset(name + "att.denominator");
    exponent = (int) layout.offset(name + "att.exponent");
    channelShift = (int) layout.offset(name + "ffn.shift");
  }

  /** Adds to x what the layer has to say, and moves its part of the state. */
  void advance(float[] x, float[] state) {
    timeMix(x, state);
    channelMix(x, state);
  }

  private void timeMix(float[] x, float[] state) {
    float[] input = timeMixNorm.of(x);
    float[] r = receptance.times(tokenShift(timeMixReceptance, input, state, timeShift));
    float[] k = key.times(tokenShift(timeMixKey, input, state, timeShift));
    float[] v = value.times(tokenShift(timeMixValue, input, state, timeShift));
    System.arraycopy(input, 0, state, timeShift, input.length);
    float[] wkv = wkv(k, v, state);
    for (int c = 0; c < wkv.length; c++) {
      wkv[c] *= sigmoid(r[c]);
    }
    add(x, output.times(wkv));
  }

  private void channelMix(float[] x, float[] state) {
    float[] input = channelMixNorm.of(x);
    float[] r =
        hiddenReceptance.times(tokenShift(channelMixReceptance, input, state, channelShift));
    float[] k = hiddenKey.times(tokenShift(channelMixKey, input, state, channelShift));
    System.arraycopy(input, 0, state, channelShift, input.length);
    for (int i = 0; i < k.length; i++) {
      float positive = Math.max(k[i], 0);
      k[i] = positive * positive;
    }
    float[] y = hiddenValue.times(k);
    for (int c = 0; c < y.length; c++) {
      y[c] *= sigmoid(r[c]);
    }
    add(x, y);
  }

  /** The weighted mean of past values; moves numerator, denominator and their exponent. */
  private float[] wkv(float[] k, float[] v, float[] state) {
    float[] wkv = new float[k.length];
    for (int c = 0; c < wkv.length; c++) {
      float a = state[numerator + c];
      float b = state[denominator + c];
      float p = state[exponent + c];
      float q = Math.max(p, bonus[c] + k[c]);
      float past = exp(p - q);
      float now = exp(bonus[c] + k[c] - q);
      wkv[c] = (past * a + now * v[c]) / (past * b + now);
      q = Math.max(p + decay[c], k[c]);
      past = exp(p + decay[c] - q);
      now = exp(k[c] - q);
      state[numerator + c] = past * a + now * v[c];
      state[denominator + c] = past * b + now;
      state[exponent + c] = q;
    }
    return wkv;
  }

  /** μx + (1 − μ)x', with x' of the previous token from the state. */
  private static float[] tokenShift(float[] mix, float[] x, float[] state, int previous) {
    float[] y = new float[x.length];
    for (int c = 0; c < y.length; c++) {
      y[c] = mix[c] * x[c] + (1 - mix[c]) * state[previous + c];
    }
    return y;
  }

  private static void add(float[] x, float[] y) {
    for (int c = 0; c < x.length; c++) {
      x[c] += y[c];
    }
  }

  private static float sigmoid(float x) {
    return 1 / (1 + exp(-x));
  }

  private static float exp(float x) {
    return (float) Math.exp(x);
  }
}

package dev.rwkv.train;

import dev.rwkv.ModelConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * The state that texts start from, as something to train: per layer what the token before the first
 * would have left.
 *
 * <p>The sums of WKV are those of one earlier token: a = ν·e^κ, b = e^κ. So b cannot become
 * negative, and κ says how much the state weighs against the first tokens. The arrays are live and
 * may be changed. Not thread-safe.
 */
public final class InitialState {

  /**
   * One layer; each array has C numbers.
   *
   * @param timeShift x' of time-mix, a normalised vector
   * @param value ν
   * @param key κ
   * @param channelShift x' of channel-mix
   */
  public record Layer(float[] timeShift, float[] value, float[] key, float[] channelShift) {
    private static Layer of(int width) {
      return new Layer(new float[width], new float[width], new float[width], new float[width]);
    }
  }

  private final ModelConfig config;
  private final List<Layer> layers = new ArrayList<>();

  /** Zeros: an earlier token with key and value 0. */
  public InitialState(ModelConfig config) {
    this.config = config;
    for (int layer = 0; layer < config.layers(); layer++) {
      layers.add(Layer.of(config.width()));
    }
  }

  /** The shape of the model. */
  public ModelConfig config() {
    return config;
  }

  /** A layer's part. */
  public Layer layer(int layer) {
    return layers.get(layer);
  }
}

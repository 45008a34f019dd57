package dev.rwkv;

import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The architecture of a model and its sizes. Immutable.
 *
 * <p>What every RWKV has stands in named methods; what one architecture adds (a head size, a
 * low-rank width) is an {@linkplain #attribute attribute}.
 */
public final class ModelConfig {
  private final String architecture;
  private final int layers;
  private final int width;
  private final int feedForwardWidth;
  private final int vocabulary;
  private final double layerNormEpsilon;
  private final Map<String, Long> attributes;

  private ModelConfig(
      String architecture,
      int layers,
      int width,
      int feedForwardWidth,
      int vocabulary,
      double layerNormEpsilon,
      Map<String, Long> attributes) {
    this.architecture = architecture;
    this.layers = layers;
    this.width = width;
    this.feedForwardWidth = feedForwardWidth;
    this.vocabulary = vocabulary;
    this.layerNormEpsilon = layerNormEpsilon;
    this.attributes = attributes;
  }

  /**
   * A configuration without further attributes and with the usual epsilon of 1e-5.
   *
   * @param architecture for example {@code rwkv-4}
   * @param layers L, the number of blocks
   * @param width C, the embedding width
   * @param feedForwardWidth F, the width of the channel-mix key
   * @param vocabulary V, the number of tokens
   */
  public static ModelConfig of(
      String architecture, int layers, int width, int feedForwardWidth, int vocabulary) {
    return new ModelConfig(
        architecture, layers, width, feedForwardWidth, vocabulary, 1e-5, Map.of());
  }

  /** The same with another epsilon in the layer norms. */
  public ModelConfig withLayerNormEpsilon(double epsilon) {
    return new ModelConfig(
        architecture, layers, width, feedForwardWidth, vocabulary, epsilon, attributes);
  }

  /** The same with one more attribute, such as {@code headSize}. */
  public ModelConfig withAttribute(String name, long value) {
    Map<String, Long> more = new TreeMap<>(attributes);
    more.put(name, value);
    return new ModelConfig(
        architecture, layers, width, feedForwardWidth, vocabulary, layerNormEpsilon, more);
  }

  /** The architecture's name, for example {@code rwkv-4}. */
  public String architecture() {
    return architecture;
  }

  /** L, the number of blocks. */
  public int layers() {
    return layers;
  }

  /** C, the embedding width. */
  public int width() {
    return width;
  }

  /** F, the width of the channel-mix key. */
  public int feedForwardWidth() {
    return feedForwardWidth;
  }

  /** V, the number of tokens. */
  public int vocabulary() {
    return vocabulary;
  }

  /** What the layer norms add to the variance. */
  public double layerNormEpsilon() {
    return layerNormEpsilon;
  }

  /** A size that only some architectures have. */
  public OptionalLong attribute(String name) {
    Long value = attributes.get(name);
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ModelConfig that
        && architecture.equals(that.architecture)
        && layers == that.layers
        && width == that.width
        && feedForwardWidth == that.feedForwardWidth
        && vocabulary == that.vocabulary
        && layerNormEpsilon == that.layerNormEpsilon
        && attributes.equals(that.attributes);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        architecture, layers, width, feedForwardWidth, vocabulary, layerNormEpsilon, attributes);
  }

  /** For example {@code rwkv-4 L12 C768 F3072 V50277}. */
  @Override
  public String toString() {
    return architecture
        + " L"
        + layers
        + " C"
        + width
        + " F"
        + feedForwardWidth
        + " V"
        + vocabulary
        + (attributes.isEmpty() ? "" : " " + attributes);
  }
}

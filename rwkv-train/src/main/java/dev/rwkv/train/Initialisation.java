package dev.rwkv.train;

import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.architecture.TensorSpec;
import dev.rwkv.error.InvalidArgumentException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * The weights that training starts from.
 *
 * <p>Both schemes set the mixing vectors, decay and bonus by layer and channel, layer norms to the
 * identity, and most matrices so that every block adds nothing at first. They differ in:
 *
 * <table>
 * <caption>with s = C, i the channel, l the layer, L the number of layers</caption>
 * <tr><td></td><td>{@link Scheme#CODE}</td><td>{@link Scheme#PAPER}</td></tr>
 * <tr><td>embedding, if small</td><td>U(±initial learning rate)</td><td>U(±10⁻⁴)</td></tr>
 * <tr><td>μ_r of time-mix</td><td>(i/s)^(½(1−l/L))</td><td>½ (i/s)^(1−l/L)</td></tr>
 * <tr><td>W_o, W'_v</td><td>0</td><td>N(0, 2), 2 being the standard deviation</td></tr>
 * <tr><td>W_v, W'_k</td><td>orthogonal, gain √(rows/columns) if that is above 1</td><td>0</td></tr>
 * <tr><td>W_k, W_r, W'_r</td><td>0</td><td>0</td></tr>
 * </table>
 *
 * <p>The paper does not say how the head begins; both take the code's: orthogonal, gain ½√(V/C), or
 * ½ if V is less than C. With W'_k = 0 the derivative of max(k, 0)² is zero too, so that
 * channel-mix never learns when it begins as the paper says: that scheme is for comparisons, not
 * for use.
 *
 * <p>Sources: RWKV-LM, {@code RWKV-v4neo/src/model.py} ({@code generate_init_weight} and the
 * constructors of the mixes), and appendix E of arXiv 2305.13048.
 *
 * @param scheme whose rules
 * @param embedding what the embedding begins with
 * @param embeddingRange the r of U(±r), if the embedding is small
 */
public record Initialisation(Scheme scheme, Embedding embedding, double embeddingRange) {
  private static final double PAPER_RANGE = 1e-4;
  private static final double PAPER_DEVIATION = 2;
  private static final double NORMAL_DEVIATION = 0.02;

  /** Whose rules. */
  public enum Scheme {
    /** RWKV-LM, by which the released models were made. */
    CODE,
    /** Appendix E of the paper to the letter. */
    PAPER
  }

  /** What the embedding begins with (Figure 9 of the paper compares them). */
  public enum Embedding {
    /** Uniform and tiny: ln0 makes it large, so that the first steps move it far. */
    SMALL,
    /** N(0, 0.02), as is usual for transformers. */
    NORMAL
  }

  /** Checks the range. */
  public Initialisation {
    if (!(embeddingRange > 0 && embeddingRange <= 1)) {
      throw new InvalidArgumentException(
          "embeddingRange", embeddingRange + " is not more than 0 and at most 1");
    }
  }

  /** As the released code does it, given the learning rate that training begins with. */
  public static Initialisation code(double learningRate) {
    return new Initialisation(Scheme.CODE, Embedding.SMALL, learningRate);
  }

  /** As the paper states it. */
  public static Initialisation paper() {
    return new Initialisation(Scheme.PAPER, Embedding.SMALL, PAPER_RANGE);
  }

  /** The same with another embedding. */
  public Initialisation withEmbedding(Embedding other) {
    return new Initialisation(scheme, other, embeddingRange);
  }

  /**
   * New weights. Every tensor depends on the seed and its own name alone.
   *
   * @param seed another seed, other weights
   */
  public Parameters weights(ModelConfig config, long seed) {
    Parameters weights = new Parameters(config);
    for (TensorSpec spec : weights.specs()) {
      long ownSeed = CounterRandom.bits(seed, spec.name().hashCode());
      fill(spec, config, weights.values(spec.name()), new SplittableRandom(ownSeed));
    }
    return weights;
  }

  private void fill(TensorSpec spec, ModelConfig config, float[] values, RandomGenerator random) {
    String name = spec.name();
    if (name.equals("emb.weight")) {
      fillEmbedding(values, random);
    } else if (name.equals("head.weight")) {
      orthogonal(values, config.vocabulary(), config.width(), 0.5, random);
    } else if (spec.role() == TensorSpec.Role.VECTOR) {
      fillVector(name, config, values);
    } else if (scheme == Scheme.PAPER) {
      if (name.endsWith("att.output.weight") || name.endsWith("ffn.value.weight")) {
        gaussian(values, PAPER_DEVIATION, random);
      }
    } else if (name.endsWith("att.value.weight") || name.endsWith("ffn.key.weight")) {
      int rows = values.length / config.width();
      orthogonal(values, rows, config.width(), 1, random);
    }
  }

  private void fillEmbedding(float[] values, RandomGenerator random) {
    switch (embedding) {
      case NORMAL -> gaussian(values, NORMAL_DEVIATION, random);
      case SMALL -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) (embeddingRange * (2 * random.nextDouble() - 1));
        }
      }
    }
  }

  private static void gaussian(float[] values, double deviation, RandomGenerator random) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
  }

  private static void orthogonal(
      float[] values, int rows, int columns, double gain, RandomGenerator random) {
    double widening = Math.sqrt(Math.max(1, (double) rows / columns));
    OrthogonalMatrix.fill(values, rows, columns, gain * widening, random);
  }

  private void fillVector(String name, ModelConfig config, float[] values) {
    String leaf = name.substring(name.lastIndexOf('.') + 1);
    switch (leaf) {
      case "weight" -> Arrays.fill(values, 1);
      case "bias" -> Arrays.fill(values, 0);
      default -> {
        int layer =
            Integer.parseInt(
                name.substring("blocks.".length(), name.indexOf('.', "blocks.".length())));
        String room = name.contains(".att.") ? "att." : "ffn.";
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) element(room + leaf, config, layer, i);
        }
      }
    }
  }

  private double element(String vector, ModelConfig config, int layer, int i) {
    int width = config.width();
    double depth = share(layer, config.layers() - 1);
    double exponent = 1 - (double) layer / config.layers();
    double x = (double) i / width;
    return switch (vector) {
      case "att.time_decay" -> -5 + 8 * Math.pow(share(i, width - 1), 0.7 + 1.3 * depth);
      case "att.time_first" -> 0.5 * ((i + 1) % 3 - 1) + Math.log(0.3);
      case "att.time_mix_v" -> Math.pow(x, exponent) + 0.3 * depth;
      case "att.time_mix_r" ->
          scheme == Scheme.CODE ? Math.pow(x, 0.5 * exponent) : 0.5 * Math.pow(x, exponent);
      case "att.time_mix_k", "ffn.time_mix_k", "ffn.time_mix_r" -> Math.pow(x, exponent);
      default -> throw new AssertionError("no rule for " + vector);
    };
  }

  // The formulas divide by zero for a model of one layer or one channel.
  private static double share(int index, int last) {
    return last == 0 ? 0 : (double) index / last;
  }
}

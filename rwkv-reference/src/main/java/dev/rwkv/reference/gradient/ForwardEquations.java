package dev.rwkv.reference.gradient;

import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.architecture.Rwkv4;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * RWKV-4 and its loss in operations that can be differentiated (paper eq. 11–18, figure 2).
 *
 * <p>All tokens of a batch go through a layer together. Rows are in the order of time: row t·B + i
 * is token t of text i, so that the previous tokens are the rows B places earlier.
 */
final class ForwardEquations {
  /** Of L2Wrap (RWKV-LM): what the gradient of a largest logit gets, per position. */
  private static final double L2_WRAP = 1e-4;

  private final Operations f;
  private final ModelConfig config;
  private final Map<String, Variable> parameters;
  private final int texts;
  private final boolean start;

  /**
   * Equations over one batch.
   *
   * @param parameters every tensor by its name, vectors as one row; with {@code start}, also the
   *     {@linkplain EarlierToken earlier tokens}
   * @param texts B
   * @param start whether texts begin after an earlier token, and not with an empty state
   */
  ForwardEquations(
      Operations f,
      ModelConfig config,
      Map<String, Variable> parameters,
      int texts,
      boolean start) {
    this.f = f;
    this.config = config;
    this.parameters = parameters;
    this.texts = texts;
    this.start = start;
  }

  /** Logits after every token, [T·B, V]. */
  Variable logits(int[] tokens) {
    Variable x = layerNorm("blocks.0.ln0", f.rows(parameter("emb.weight"), tokens));
    for (int layer = 0; layer < config.layers(); layer++) {
      String block = "blocks." + layer + ".";
      x = f.add(x, timeMix(block, layer, layerNorm(block + "ln1", x)));
      x = f.add(x, channelMix(block, layer, layerNorm(block + "ln2", x)));
    }
    return f.product(layerNorm("ln_out", x), parameter("head.weight"));
  }

  /** The mean of −ln softmax(logits)[target] over all positions, [1, 1]. */
  Variable crossEntropy(Variable logits, int[] targets) {
    // Any constant may be subtracted, as the softmax does not change.
    Variable z = f.subtract(logits, Tape.constant(logits.rows(), 1, largest(logits)));
    Variable logSum = f.log(f.rowSums(f.exp(z)));
    Variable losses = f.subtract(logSum, f.elements(z, targets));
    return f.scale(f.sum(losses), 1.0 / targets.length);
  }

  /** The function whose derivative L2Wrap adds: 10⁻⁴/(2·B·T) · Σ (largest logit)², [1, 1]. */
  Variable l2Wrap(Variable logits) {
    Variable largest = f.elements(logits, indicesOfLargest(logits));
    return f.scale(f.sum(f.multiply(largest, largest)), L2_WRAP / 2 / logits.rows());
  }

  private Variable timeMix(String block, int layer, Variable x) {
    Variable previous = previous(layer, x, EarlierToken.Part.TIME_MIX_SHIFT);
    Variable r = projected(block + "att.receptance", block + "att.time_mix_r", x, previous);
    Variable k = projected(block + "att.key", block + "att.time_mix_k", x, previous);
    Variable v = projected(block + "att.value", block + "att.time_mix_v", x, previous);
    Variable wkv =
        new WkvRecurrence(f, texts)
            .apply(decay(block), parameter(block + "att.time_first"), k, v, sums(layer));
    return f.product(f.multiply(f.sigmoid(r), wkv), parameter(block + "att.output.weight"));
  }

  private Variable channelMix(String block, int layer, Variable x) {
    Variable previous = previous(layer, x, EarlierToken.Part.CHANNEL_MIX_SHIFT);
    Variable r = projected(block + "ffn.receptance", block + "ffn.time_mix_r", x, previous);
    Variable k = projected(block + "ffn.key", block + "ffn.time_mix_k", x, previous);
    Variable v = f.product(f.squaredRelu(k), parameter(block + "ffn.value.weight"));
    return f.multiply(f.sigmoid(r), v);
  }

  /** W (μ ⊙ x + (1 − μ) ⊙ x'). */
  private Variable projected(String matrix, String mix, Variable x, Variable previous) {
    Variable mu = parameter(mix);
    Variable rest = f.subtract(number(1), mu);
    Variable mixture = f.add(f.multiply(mu, x), f.multiply(rest, previous));
    return f.product(mixture, parameter(matrix + ".weight"));
  }

  /** x of the previous token, which the first ones take from the start. */
  private Variable previous(int layer, Variable x, EarlierToken.Part part) {
    Variable first =
        start
            ? f.rows(parameter(part.name(layer)), new int[texts])
            : Tape.constant(texts, x.columns(), new double[texts * x.columns()]);
    int[] earlier = IntStream.range(0, x.rows() - texts).toArray();
    return f.stack(first, f.rows(x, earlier));
  }

  private WkvRecurrence.Sums sums(int layer) {
    return start
        ? WkvRecurrence.Sums.of(
            f,
            parameter(EarlierToken.Part.KEY.name(layer)),
            parameter(EarlierToken.Part.VALUE.name(layer)))
        : WkvRecurrence.Sums.empty(config.width());
  }

  /** w, [1, C]: −exp(time_decay), unless the checkpoint holds w itself. */
  private Variable decay(String block) {
    Variable ready = parameters.get(block + Rwkv4.READY_DECAY);
    return ready != null ? ready : f.scale(f.exp(parameter(block + Rwkv4.RAW_DECAY)), -1);
  }

  private Variable layerNorm(String name, Variable x) {
    double share = 1.0 / x.columns();
    Variable d = f.subtract(x, f.scale(f.rowSums(x), share));
    Variable variance = f.scale(f.rowSums(f.multiply(d, d)), share);
    Variable normalised =
        f.multiply(d, f.inverseRoot(f.add(variance, number(config.layerNormEpsilon()))));
    return f.add(f.multiply(normalised, parameter(name + ".weight")), parameter(name + ".bias"));
  }

  private Variable parameter(String name) {
    return Objects.requireNonNull(parameters.get(name), name);
  }

  private static Variable number(double value) {
    return Tape.constant(1, 1, new double[] {value});
  }

  private static double[] largest(Variable x) {
    int[] indices = indicesOfLargest(x);
    return IntStream.range(0, indices.length).mapToDouble(i -> x.at(i, indices[i])).toArray();
  }

  private static int[] indicesOfLargest(Variable x) {
    int[] indices = new int[x.rows()];
    for (int i = 0; i < indices.length; i++) {
      for (int j = 1; j < x.columns(); j++) {
        indices[i] = x.at(i, j) > x.at(i, indices[i]) ? j : indices[i];
      }
    }
    return indices;
  }
}

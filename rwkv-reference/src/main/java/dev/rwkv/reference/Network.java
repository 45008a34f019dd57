package dev.rwkv.reference;

import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.architecture.Rwkv4Weights;
import dev.rwkv.tensor.TensorView;
import java.util.ArrayList;
import java.util.List;

/**
 * The whole model, in both forms: ln0 after the embedding, the blocks, ln_out, and the head that
 * makes the logits.
 *
 * <p>Immutable and safe for any thread. The vectors are decoded once; the matrices stay in the
 * checkpoint, which must stay open.
 */
final class Network {
  private final ModelConfig config;
  private final TensorView embedding;
  private final LayerNorm embeddingNorm;
  private final List<Block> blocks;
  private final LayerNorm outputNorm;
  private final TensorView head;

  /** The residual stream after the last block, and the state. */
  record Step(Bounded x, List<LayerState> next) {}

  /**
   * The residual stream of every token after the last block, and the state after the last token.
   */
  record Span(Bounded[] x, List<LayerState> next) {}

  Network(Rwkv4Weights weights) {
    double epsilon = weights.config().layerNormEpsilon();
    config = weights.config();
    embedding = weights.embedding();
    embeddingNorm = Block.norm(weights.embeddingNorm(), epsilon);
    blocks = weights.layers().stream().map(layer -> Block.of(layer, epsilon)).toList();
    outputNorm = Block.norm(weights.outputNorm(), epsilon);
    head = weights.head();
  }

  ModelConfig config() {
    return config;
  }

  /** The layers, from the embedding to the head. */
  List<Block> blocks() {
    return blocks;
  }

  /** emb.weight, [V, C]. */
  TensorView embedding() {
    return embedding;
  }

  /**
   * The recurrent form: one token through all layers.
   *
   * @param exports one for each layer, or none at all
   */
  Step step(int token, List<LayerState> state, List<Block.Exports> exports, ErrorModel errors) {
    Bounded x = embedded(token, errors);
    List<LayerState> next = new ArrayList<>();
    for (int layer = 0; layer < blocks.size(); layer++) {
      Block.Exports given = exports.isEmpty() ? Block.Exports.NONE : exports.get(layer);
      Block.Step step = blocks.get(layer).step(x, state.get(layer), given, errors);
      x = step.x();
      next.add(step.next());
    }
    return new Step(x, next);
  }

  /**
   * The parallel form: one layer after the other, over all tokens of the span.
   *
   * @param tokens at least one; memory grows with their number, and time with its square
   */
  Span span(int[] tokens, List<LayerState> state, ErrorModel errors) {
    Bounded[] x = new Bounded[tokens.length];
    for (int t = 0; t < x.length; t++) {
      x[t] = embedded(tokens[t], errors);
    }
    List<LayerState> next = new ArrayList<>();
    for (int layer = 0; layer < blocks.size(); layer++) {
      Block.Span span = blocks.get(layer).span(x, state.get(layer), errors);
      x = span.x();
      next.add(span.next());
    }
    return new Span(x, next);
  }

  /** head · ln_out(x), [V]. */
  Bounded logits(Bounded x, ErrorModel errors) {
    return logits(new Bounded[] {x}, errors)[0];
  }

  /** head · ln_out(x) of several tokens, [T][V]. */
  Bounded[] logits(Bounded[] x, ErrorModel errors) {
    Bounded[] normalised = new Bounded[x.length];
    for (int t = 0; t < x.length; t++) {
      normalised[t] = outputNorm.apply(x[t], errors);
    }
    return MatrixVector.apply(head, normalised, errors);
  }

  /** The embedding of a token as it is stored, [C]. */
  double[] embeddingOf(int token) {
    double[] row = new double[config.width()];
    embedding.copyTo((long) token * row.length, row, 0, row.length);
    return row;
  }

  /** What the first block is given for a token of this embedding: ln0 of it, [C]. */
  Bounded embedded(double[] row, ErrorModel errors) {
    // A candidate may round what it decodes.
    Bounded looked = errors.activation(row, i -> errors.rounded(row[i], 0));
    return embeddingNorm.apply(looked, errors);
  }

  private Bounded embedded(int token, ErrorModel errors) {
    return embedded(embeddingOf(token), errors);
  }
}

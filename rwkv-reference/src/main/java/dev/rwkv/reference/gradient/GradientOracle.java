package dev.rwkv.reference.gradient;

import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.architecture.Architectures;
import dev.rwkv.checkpoint.architecture.Rwkv4Weights;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Says what the gradients of a model must be: the loss of a batch and its derivative by every
 * tensor of the checkpoint, in double precision, by mechanical differentiation of the equations.
 *
 * <p>It shares nothing with a hand-derived backward pass but the equations themselves. It is slow,
 * and its memory grows with the number of tokens times the size of the model: meant for small
 * models. Immutable and safe for any thread. The weights are copied; the checkpoint may be closed.
 */
public final class GradientOracle {
  // With their derivatives and what was computed from them they fill a gigabyte several times.
  private static final long MOST_WEIGHTS = 1L << 26;

  private final ModelConfig config;
  private final Map<String, Tensor> tensors;

  /** A tensor as a matrix; a vector is one row. */
  private record Tensor(int rows, int columns, double[] values) {

    static Tensor of(TensorView view) {
      Shape shape = view.shape().squeeze();
      boolean matrix = view.shape().rank() == 2;
      int rows = matrix ? (int) view.shape().dim(0) : 1;
      return new Tensor(rows, (int) (shape.elements() / rows), view.toDoubles());
    }
  }

  private GradientOracle(ModelConfig config, Map<String, Tensor> tensors) {
    this.config = config;
    this.tensors = tensors;
  }

  /**
   * The oracle of a model.
   *
   * @throws CheckpointException if the tensors are not those of a model that it knows, or are too
   *     many
   */
  public static GradientOracle of(Checkpoint checkpoint) {
    Architectures.of(checkpoint);
    ModelConfig config = Rwkv4Weights.of(checkpoint).config();
    long weights =
        checkpoint.names().stream()
            .mapToLong(name -> checkpoint.tensor(name).shape().elements())
            .sum();
    if (weights > MOST_WEIGHTS) {
      throw new CheckpointException(
          checkpoint.source(),
          weights
              + " weights are too many to differentiate in memory: choose a model of at most "
              + MOST_WEIGHTS);
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : checkpoint.names()) {
      tensors.put(name, Tensor.of(checkpoint.tensor(name)));
    }
    return new GradientOracle(config, tensors);
  }

  /** The sizes of the model. */
  public ModelConfig config() {
    return config;
  }

  /**
   * Loss and gradients of texts that start with an empty state; see {@link TrainingBatch} for the
   * arguments.
   *
   * @return gradients by the names of the checkpoint's tensors
   * @throws InvalidArgumentException if a size is wrong or an id is not in the vocabulary
   */
  public Gradients gradients(int texts, int length, int[] tokens, int[] targets, boolean l2Wrap) {
    return gradients(new TrainingBatch(texts, length, tokens, targets, l2Wrap));
  }

  /**
   * Loss and gradients of a batch.
   *
   * @return gradients by the names of the checkpoint's tensors, and with a start by {@link
   *     EarlierToken.Part#name}
   * @throws InvalidArgumentException if an id is not in the vocabulary or the start does not fit
   */
  public Gradients gradients(TrainingBatch batch) {
    return gradients(batch, Rounding.DOUBLE);
  }

  /**
   * The same with operations rounded otherwise, which says how far an implementation may be off;
   * see {@link GradientTolerance}.
   *
   * @throws InvalidArgumentException if an id is not in the vocabulary or the start does not fit
   */
  public Gradients gradients(TrainingBatch batch, Rounding rounding) {
    checkIds("tokens", batch.tokens());
    checkIds("targets", batch.targets());
    checkStart(batch.start());
    Map<String, Variable> parameters = parameters(batch.start());
    Tape tape = new Tape(rounding);
    Operations f = new Operations(tape);
    boolean start = !batch.start().isEmpty();
    ForwardEquations model = new ForwardEquations(f, config, parameters, batch.texts(), start);
    Variable logits = model.logits(batch.byTime(batch.tokens()));
    Variable loss = model.crossEntropy(logits, batch.byTime(batch.targets()));
    tape.differentiate(batch.l2Wrap() ? f.add(loss, model.l2Wrap(logits)) : loss);
    return new Gradients(loss.scalar(), parameters);
  }

  /**
   * The same with the tolerance of an f32 implementation around every number.
   *
   * @throws InvalidArgumentException if an id is not in the vocabulary or the start does not fit
   */
  public GradientTolerance f32Tolerance(TrainingBatch batch) {
    return GradientTolerance.f32(rounding -> gradients(batch, rounding));
  }

  private Map<String, Variable> parameters(List<EarlierToken> start) {
    Map<String, Variable> parameters = new LinkedHashMap<>();
    tensors.forEach((name, tensor) ->
        parameters.put(name, Tape.parameter(tensor.rows, tensor.columns, tensor.values)));
    for (int layer = 0; layer < start.size(); layer++) {
      for (EarlierToken.Part part : EarlierToken.Part.values()) {
        double[] values = start.get(layer).part(part);
        parameters.put(part.name(layer), Tape.parameter(1, values.length, values));
      }
    }
    return parameters;
  }

  private void checkIds(String argument, int[] ids) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= config.vocabulary()) {
        throw new InvalidArgumentException(
            argument + "[" + i + "]",
            ids[i] + " is not in the vocabulary: token ids are 0 to " + (config.vocabulary() - 1));
      }
    }
  }

  private void checkStart(List<EarlierToken> start) {
    if (!start.isEmpty() && start.size() != config.layers()) {
      throw new InvalidArgumentException(
          "start", start.size() + " layers, but the model has " + config.layers());
    }
    for (int layer = 0; layer < start.size(); layer++) {
      for (EarlierToken.Part part : EarlierToken.Part.values()) {
        int length = start.get(layer).part(part).length;
        if (length != config.width()) {
          throw new InvalidArgumentException(
              part.name(layer), length + " elements, but the model's width is " + config.width());
        }
      }
    }
  }
}

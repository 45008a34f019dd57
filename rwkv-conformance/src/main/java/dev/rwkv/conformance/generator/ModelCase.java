package dev.rwkv.conformance.generator;

import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * A small model: sizes, a seed for its random weights ({@link SyntheticModel}), and what is changed
 * in them. Prints as what is needed to make it again.
 *
 * @param layers L
 * @param width C
 * @param hidden F
 * @param vocabulary V
 * @param stored the type of the random tensors: f32, f16 or bf16
 * @param seed of the weights
 * @param epsilon of the layer norms, as the checkpoint states it; 0 means that it does not
 * @param edits in this order
 */
public record ModelCase(
    int layers,
    int width,
    int hidden,
    int vocabulary,
    DType stored,
    long seed,
    double epsilon,
    List<Edit> edits) {

  public ModelCase {
    edits = List.copyOf(edits);
  }

  /** An f32 model without edits. */
  public static ModelCase of(int layers, int width, int hidden, int vocabulary, long seed) {
    return new ModelCase(layers, width, hidden, vocabulary, DType.F32, seed, 0, List.of());
  }

  /** The same, stored in another type. */
  public ModelCase stored(DType type) {
    return new ModelCase(layers, width, hidden, vocabulary, type, seed, epsilon, edits);
  }

  /** The same with another number of layers. */
  public ModelCase deep(int newLayers) {
    return new ModelCase(newLayers, width, hidden, vocabulary, stored, seed, epsilon, edits);
  }

  /** The same whose checkpoint states the epsilon of its layer norms. */
  public ModelCase withEpsilon(double newEpsilon) {
    return new ModelCase(layers, width, hidden, vocabulary, stored, seed, newEpsilon, edits);
  }

  /** The same with one more change. */
  public ModelCase with(Edit edit) {
    List<Edit> more = new ArrayList<>(edits);
    more.add(edit);
    return new ModelCase(layers, width, hidden, vocabulary, stored, seed, epsilon, more);
  }

  /** Makes the weights; the caller closes them. */
  public Checkpoint open() {
    ModelConfig config = ModelConfig.of("rwkv-4", layers, width, hidden, vocabulary);
    Checkpoint random = new SyntheticModel(config, stored, seed).open();
    return edits.isEmpty() && epsilon == 0 ? random : new EditedCheckpoint(random, edits, epsilon);
  }

  /** The names of its tensors. */
  public List<String> names() {
    try (Checkpoint checkpoint = open()) {
      return List.copyOf(checkpoint.names());
    }
  }

  /** For example {@code model(L1 C5 F9 V7 f32, weights of seed 42)}, with the edits. */
  @Override
  public String toString() {
    return "model(L%d C%d F%d V%d %s, weights of seed %d%s%s)"
        .formatted(
            layers,
            width,
            hidden,
            vocabulary,
            stored.label(),
            seed,
            epsilon == 0 ? "" : ", epsilon " + epsilon,
            edits.isEmpty() ? "" : ", with " + edits);
  }
}

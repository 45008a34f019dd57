package dev.rwkv.checkpoint.architecture;

import dev.rwkv.ModelConfig;
import dev.rwkv.StateLayout;
import dev.rwkv.checkpoint.architecture.TensorSpec.Role;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * RWKV-4 (arXiv 2305.13048, as the released checkpoints have it).
 *
 * <p>With V tokens, L layers, width C and feed-forward width F it has 2VC + L(5C² + 2CF + 11C) + 4C
 * weights, which is the paper's 2VC + 13C²L + C(11L + 4) at F = 4C. F is read from the tensors.
 *
 * <p>The decay stands in a checkpoint either as {@code time_decay}, of which the factor's logarithm
 * is w = −exp(time_decay), or already as w, then named {@code decay} here (rwkv.cpp files).
 */
public final class Rwkv4 implements Architecture {
  /** The one instance. */
  public static final Rwkv4 INSTANCE = new Rwkv4();

  /** What the exponent of an empty state is in the released recurrent code: e^(−10³⁰) is 0. */
  public static final double EMPTY_EXPONENT = -1e30;

  /** What the layer norms of the released checkpoints add to the variance. */
  public static final double LAYER_NORM_EPSILON = 1e-5;

  /** How the name of a decay ends that holds the d of w = −exp(d), as in most checkpoints. */
  public static final String RAW_DECAY = "att.time_decay";

  /** How the name of a decay ends that holds w itself, as in rwkv.cpp files. */
  public static final String READY_DECAY = "att.decay";

  private static final Pattern BLOCK = Pattern.compile("blocks\\.(\\d{1,9})\\..*");

  private Rwkv4() {}

  @Override
  public String name() {
    return "rwkv-4";
  }

  @Override
  public boolean recognises(Checkpoint checkpoint) {
    return checkpoint.names().stream().anyMatch(name -> BLOCK.matcher(name).matches())
        && !Generations.isLaterThan4(checkpoint);
  }

  @Override
  public List<TensorSpec> tensors(ModelConfig config) {
    long v = config.vocabulary();
    long c = config.width();
    long f = config.feedForwardWidth();
    List<TensorSpec> tensors = new ArrayList<>();
    tensors.add(new TensorSpec("emb.weight", Shape.of(v, c), Role.EMBEDDING));
    addNorm(tensors, "blocks.0.ln0", c);
    for (int layer = 0; layer < config.layers(); layer++) {
      String block = "blocks." + layer + ".";
      addNorm(tensors, block + "ln1", c);
      addNorm(tensors, block + "ln2", c);
      addVectors(tensors, block, c, RAW_DECAY, "att.time_first");
      addVectors(tensors, block, c, "att.time_mix_k", "att.time_mix_v", "att.time_mix_r");
      addMatrices(tensors, block, c, c, "att.key", "att.value", "att.receptance", "att.output");
      addVectors(tensors, block, c, "ffn.time_mix_k", "ffn.time_mix_r");
      addMatrices(tensors, block, f, c, "ffn.key");
      addMatrices(tensors, block, c, c, "ffn.receptance");
      addMatrices(tensors, block, c, f, "ffn.value");
    }
    addNorm(tensors, "ln_out", c);
    tensors.add(new TensorSpec("head.weight", Shape.of(v, c), Role.HEAD));
    return tensors;
  }

  private static void addNorm(List<TensorSpec> tensors, String name, long width) {
    addVectors(tensors, name, width, ".weight", ".bias");
  }

  private static void addVectors(
      List<TensorSpec> tensors, String prefix, long width, String... names) {
    for (String name : names) {
      tensors.add(new TensorSpec(prefix + name, Shape.of(width), Role.VECTOR));
    }
  }

  private static void addMatrices(
      List<TensorSpec> tensors, String prefix, long rows, long columns, String... names) {
    for (String name : names) {
      tensors.add(new TensorSpec(prefix + name + ".weight", Shape.of(rows, columns), Role.MATRIX));
    }
  }

  /**
   * Per layer: {@code att.shift} and {@code ffn.shift}, the normalised inputs of the previous
   * token; {@code att.numerator} a, {@code att.denominator} b and {@code att.exponent} p of the
   * stabilised WKV (eq. 23–28), whose true sums are a·e^p and b·e^p. Each [C].
   */
  @Override
  public StateLayout stateLayout(ModelConfig config) {
    Shape width = Shape.of(config.width());
    List<StateLayout.Component> components = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      String block = "blocks." + layer + ".";
      components.add(new StateLayout.Component(block + "att.shift", width, 0));
      components.add(new StateLayout.Component(block + "att.numerator", width, 0));
      components.add(new StateLayout.Component(block + "att.denominator", width, 0));
      components.add(new StateLayout.Component(block + "att.exponent", width, EMPTY_EXPONENT));
      components.add(new StateLayout.Component(block + "ffn.shift", width, 0));
    }
    return StateLayout.of(name(), components);
  }

  @Override
  public ModelConfig config(Checkpoint checkpoint) {
    Shape embedding = matrix(checkpoint, "emb.weight");
    Shape key = matrix(checkpoint, "blocks.0.ffn.key.weight");
    ModelConfig config =
        ModelConfig.of(
                name(),
                layers(checkpoint),
                size(checkpoint, "emb.weight", embedding.dim(1)),
                size(checkpoint, "blocks.0.ffn.key.weight", key.dim(0)),
                size(checkpoint, "emb.weight", embedding.dim(0)))
            .withLayerNormEpsilon(epsilon(checkpoint));
    check(checkpoint, config);
    return config;
  }

  private static Shape matrix(Checkpoint checkpoint, String name) {
    Shape shape = checkpoint.tensor(name).shape();
    if (shape.rank() != 2) {
      throw wrong(checkpoint, name, "is " + shape + ", not a matrix");
    }
    return shape;
  }

  private static int size(Checkpoint checkpoint, String name, long dim) {
    if (dim < 1 || dim > Integer.MAX_VALUE / 8) {
      throw wrong(checkpoint, name, "a dimension of " + dim + " cannot be that of a model");
    }
    return (int) dim;
  }

  private static int layers(Checkpoint checkpoint) {
    int layers = 0;
    for (String name : checkpoint.names()) {
      Matcher block = BLOCK.matcher(name);
      if (block.matches()) {
        layers = Math.max(layers, Integer.parseInt(block.group(1)) + 1);
      }
    }
    // A hostile name must not make us list a billion layers.
    if (layers > checkpoint.names().size()) {
      throw new CheckpointException(
          checkpoint.source(),
          "names a block "
              + (layers - 1)
              + ", but has only "
              + checkpoint.names().size()
              + " tensors");
    }
    return layers;
  }

  private static double epsilon(Checkpoint checkpoint) {
    String stated =
        checkpoint.metadata().getOrDefault("layer_norm_epsilon", "" + LAYER_NORM_EPSILON);
    try {
      double epsilon = Double.parseDouble(stated);
      if (epsilon > 0 && epsilon < 1) {
        return epsilon;
      }
    } catch (NumberFormatException e) {
      // Reported below, like a number out of range.
    }
    throw new CheckpointException(
        checkpoint.source(),
        "layer_norm_epsilon is '" + stated + "': expected a number between 0 and 1");
  }

  private void check(Checkpoint checkpoint, ModelConfig config) {
    Set<String> expected = new HashSet<>();
    for (TensorSpec spec : tensors(config)) {
      String name = present(checkpoint, spec.name());
      expected.add(name);
      checkTensor(checkpoint, spec, checkpoint.tensor(name));
    }
    for (String name : checkpoint.names()) {
      if (!expected.contains(name)) {
        throw wrong(
            checkpoint,
            name,
            Generations.variantOf4(name)
                .map(variant ->
                    "belongs to "
                        + variant
                        + ", a variant of RWKV-4 that cannot be run: use a plain RWKV-4 model")
                .orElse("does not belong to " + config));
      }
    }
  }

  private static void checkTensor(Checkpoint checkpoint, TensorSpec spec, TensorView tensor) {
    if (!tensor.shape().sameSqueezed(spec.shape())) {
      throw wrong(
          checkpoint, tensor.name(), "has shape " + tensor.shape() + ", expected " + spec.shape());
    }
    if (!tensor.dtype().isReal()) {
      throw wrong(checkpoint, tensor.name(), "holds " + tensor.dtype().label() + ", not weights");
    }
    if (tensor.dtype().isQuantised() && spec.role() == Role.VECTOR) {
      throw wrong(
          checkpoint,
          tensor.name(),
          "is quantised as " + tensor.dtype().label() + ", but only matrices may be");
    }
  }

  /** The name that a tensor really has in this checkpoint: the decay has one of two. */
  static String present(Checkpoint checkpoint, String name) {
    if (name.endsWith(RAW_DECAY) && !checkpoint.names().contains(name)) {
      String ready = name.substring(0, name.length() - RAW_DECAY.length()) + READY_DECAY;
      return checkpoint.names().contains(ready) ? ready : name;
    }
    return name;
  }

  private static CheckpointException wrong(Checkpoint checkpoint, String tensor, String problem) {
    return new CheckpointException(checkpoint.source(), tensor, problem, null);
  }
}

package dev.rwkv.checkpoint;

import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.architecture.Rwkv4;
import dev.rwkv.checkpoint.architecture.TensorSpec;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongToDoubleFunction;

/**
 * A tensor of a {@link SyntheticModel}: element i is {@code mean(i) + deviation · normal(i)}.
 *
 * <p>Normal numbers come in spans of {@value #SPAN}, each from a generator of its own whose seed
 * mixes the model's, the tensor's place and the span's, so that any part can be made alone.
 */
final class SyntheticTensor implements StreamedTensor {
  private static final int SPAN = 1024;
  private static final double HEAD_GAIN = 2;
  private static final double NORM_SPREAD = 0.1;
  private static final Path NO_FILE = Path.of("synthetic");

  private final String name;
  private final DType dtype;
  private final Shape shape;
  private final LongToDoubleFunction mean;
  private final double deviation;
  private final long seed;

  private SyntheticTensor(
      String name,
      DType dtype,
      Shape shape,
      LongToDoubleFunction mean,
      double deviation,
      long seed) {
    this.name = name;
    this.dtype = dtype;
    this.shape = shape;
    this.mean = mean;
    this.deviation = deviation;
    this.seed = seed;
  }

  static List<StreamedTensor> all(SyntheticModel model) {
    SplittableRandom seeds = new SplittableRandom(model.seed());
    List<StreamedTensor> all = new ArrayList<>();
    for (TensorSpec spec : Rwkv4.INSTANCE.tensors(model.config())) {
      all.add(of(spec, model.config(), model.dtype(), seeds.nextLong()));
    }
    return all;
  }

  private static SyntheticTensor of(TensorSpec spec, ModelConfig config, DType dtype, long seed) {
    String name = spec.name();
    long columns = spec.shape().dim(spec.shape().rank() - 1);
    LongToDoubleFunction mean = i -> 0;
    double deviation =
        switch (spec.role()) {
          case EMBEDDING -> 1;
          case HEAD -> HEAD_GAIN / Math.sqrt((double) columns);
          case MATRIX ->
              1 / Math.sqrt((double) columns) / (joinsResidual(name) ? depth(config) : 1);
          case VECTOR -> name.contains("ln") ? NORM_SPREAD : 0;
        };
    if (spec.role() == TensorSpec.Role.VECTOR) {
      mean = vector(name, config);
    }
    Shape shape =
        name.contains("time_mix") ? Shape.of(1, 1, spec.shape().elements()) : spec.shape();
    return new SyntheticTensor(name, dtype, shape, mean, deviation, seed);
  }

  private static boolean joinsResidual(String name) {
    return name.endsWith("att.output.weight") || name.endsWith("ffn.value.weight");
  }

  private static double depth(ModelConfig config) {
    return Math.sqrt(config.layers());
  }

  /** The vectors at the start of a training (RWKV-LM, v4); layer norms are 1 and 0. */
  private static LongToDoubleFunction vector(String name, ModelConfig config) {
    if (name.endsWith(".weight")) {
      return i -> 1.0;
    }
    if (name.endsWith(".bias")) {
      return i -> 0;
    }
    int layer = Integer.parseInt(name.split("\\.", 3)[1]);
    double width = config.width();
    // From 0 in the first layer to 1 in the last, and from 1 down to nearly 0.
    double rising = layer / Math.max(1.0, config.layers() - 1);
    double falling = 1 - layer / (double) config.layers();
    return switch (name.substring(name.indexOf('.', "blocks.".length()) + 1)) {
      case "att.time_decay" ->
          i -> -5 + 8 * Math.pow(i / Math.max(1, width - 1), 0.7 + 1.3 * rising);
      case "att.time_first" -> i -> Math.log(0.3) + 0.5 * ((i + 1) % 3 - 1);
      case "att.time_mix_v" -> i -> Math.pow(i / width, falling) + 0.3 * rising;
      case "att.time_mix_r" -> i -> Math.pow(i / width, 0.5 * falling);
      default -> i -> Math.pow(i / width, falling);
    };
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public void fill(long fromElement, MemorySegment destination) {
    long end = fromElement + destination.byteSize() / dtype.blockBytes();
    double[] values = new double[SPAN];
    for (long from = fromElement; from < end; ) {
      int skipped = (int) (from % SPAN);
      int count = (int) Math.min(SPAN - skipped, end - from);
      make(from, skipped, values, count);
      MemorySegment part = destination.asSlice(dtype.bytes(from - fromElement), dtype.bytes(count));
      Quantiser.encode(NO_FILE, name, dtype, values, count, from, part);
      from += count;
    }
  }

  private void make(long from, int skipped, double[] values, int count) {
    SplittableRandom random = new SplittableRandom(seed ^ mix(from / SPAN));
    for (int i = 0; deviation > 0 && i < skipped; i++) {
      random.nextGaussian();
    }
    for (int i = 0; i < count; i++) {
      values[i] =
          mean.applyAsDouble(from + i) + (deviation > 0 ? deviation * random.nextGaussian() : 0);
    }
  }

  /**
   * Spreads a counter over all 64 bits (the finaliser of SplitMix64): seeds that are a multiple of
   * that generator's increment apart would give shifted copies of one sequence.
   */
  private static long mix(long counter) {
    long z = counter * 0x9e3779b97f4a7c15L + 0x9e3779b97f4a7c15L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}

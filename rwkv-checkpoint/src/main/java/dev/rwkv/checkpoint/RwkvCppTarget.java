package dev.rwkv.checkpoint;

import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.architecture.Architecture;
import dev.rwkv.checkpoint.architecture.Rwkv4;
import dev.rwkv.checkpoint.architecture.TensorSpec;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an RWKV-4 model looks like as an rwkv.cpp file, as that project's own two tools make it
 * ({@code convert_pytorch_to_ggml.py}, {@code rwkv_quantize.inc}):
 *
 * <ul>
 *   <li>vectors are f32, without dimensions of 1; {@code time_decay} holds w = −exp(d);
 *   <li>f32 and f16 apply to every matrix;
 *   <li>a quantised type applies to the matrices of the blocks; embedding and head stay f16 where
 *       they are stored so, and are f32 otherwise.
 * </ul>
 *
 * <p>Without a precision every matrix keeps its type; bf16, which the format does not have, becomes
 * f32, which holds it exactly.
 */
final class RwkvCppTarget {
  private final Checkpoint source;
  private final @Nullable Precision precision;
  private final Map<String, TensorSpec> specs = new HashMap<>();

  private RwkvCppTarget(
      Checkpoint source, Architecture architecture, ModelConfig config, @Nullable DType precision) {
    this.source = source;
    this.precision = precision == null ? null : new Precision(precision, architecture, config);
    architecture.tensors(config).forEach(spec -> specs.put(spec.name(), spec));
  }

  static void write(
      Checkpoint source,
      Architecture architecture,
      ModelConfig config,
      @Nullable DType precision,
      Path target,
      Progress progress) {
    if (precision == DType.BF16) {
      throw new CheckpointException(
          target, "a .bin file cannot hold bf16: choose f32 or f16, or write a .safetensors file");
    }
    if (config.layerNormEpsilon() != Rwkv4.LAYER_NORM_EPSILON) {
      throw new CheckpointException(
          target,
          "a .bin file cannot say that layer_norm_epsilon is "
              + config.layerNormEpsilon()
              + ": write a .safetensors file");
    }
    RwkvCppTarget form = new RwkvCppTarget(source, architecture, config, precision);
    List<StreamedTensor> tensors = new ArrayList<>();
    for (String name : source.names()) {
      tensors.add(form.tensor(source.tensor(name)));
    }
    RwkvCppWriter.write(target, config, form.headerType(), tensors, progress);
  }

  /** The type that the header states: for files of mixed types, that of the first matrix. */
  private DType headerType() {
    return precision == null
        ? writable(source.tensor("blocks.0.att.key.weight").dtype())
        : precision.dtype();
  }

  private StreamedTensor tensor(TensorView tensor) {
    String name = tensor.name();
    if (name.endsWith(Rwkv4.READY_DECAY)) {
      String block = name.substring(0, name.length() - Rwkv4.READY_DECAY.length());
      return convert(tensor.named(block + Rwkv4.RAW_DECAY), DType.F32);
    }
    if (name.endsWith(Rwkv4.RAW_DECAY)) {
      return new ConvertedTensor(
          source.source(), tensor, DType.F32, shape(name), d -> -Math.exp(d));
    }
    return convert(tensor, dtype(tensor));
  }

  private StreamedTensor convert(TensorView tensor, DType dtype) {
    return ConvertedTensor.of(source.source(), tensor, dtype, shape(tensor.name()));
  }

  private DType dtype(TensorView tensor) {
    if (spec(tensor.name()).role() == TensorSpec.Role.VECTOR) {
      return DType.F32;
    }
    if (precision != null && precision.appliesTo(tensor.name())) {
      return precision.dtype();
    }
    return writable(tensor.dtype());
  }

  private static DType writable(DType stored) {
    return RwkvCppWriter.TYPES.containsKey(stored) ? stored : DType.F32;
  }

  private Shape shape(String name) {
    return spec(name).shape();
  }

  private TensorSpec spec(String name) {
    TensorSpec spec = specs.get(name);
    if (spec == null) {
      throw new CheckpointException(source.source(), name, "does not belong to the model", null);
    }
    return spec;
  }
}

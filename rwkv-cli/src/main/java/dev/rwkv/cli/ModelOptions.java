package dev.rwkv.cli;

import dev.rwkv.Model;
import dev.rwkv.ModelLoader;
import dev.rwkv.Rwkv;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.model.shakespeare.ShakespeareModel;
import dev.rwkv.tensor.DType;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that runs a model. */
final class ModelOptions {
  @Option(
      names = {"-m", "--model"},
      paramLabel = "FILE|DIR",
      description =
          "The checkpoint: .pth, .safetensors, rwkv.cpp .bin, or a Hugging Face folder; default:"
              + " the built-in model of Shakespeare's plays.")
  @Nullable Path model;

  @Option(
      names = {"-b", "--backend"},
      paramLabel = "NAME",
      description = "The backend; without it, the best usable one (see rwkv backends).")
  @Nullable String backend;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      description =
          "What the weights are held in: f32, f16, bf16, q8_0, q5_1, q4_0 ...; default: as stored.")
  @Nullable String precision;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "The most threads to use; default: what the backend likes.")
  @Nullable Integer threads;

  Model open() {
    Path path = orBuiltIn(model);
    ModelLoader loader = Rwkv.with();
    if (backend != null) {
      loader.backend(backend);
    }
    if (precision != null) {
      loader.precision(precisionNamed("--precision", precision));
    }
    if (threads != null) {
      loader.threads(threads);
    }
    return loader.open(path);
  }

  /** The model that was named, or the built-in one. */
  static Path orBuiltIn(@Nullable Path model) {
    return model == null ? ShakespeareModel.path() : model;
  }

  static DType precisionNamed(String option, String label) {
    return DType.ofLabel(label)
        .filter(type -> type.isReal() && type != DType.F64)
        .orElseThrow(() ->
            new InvalidArgumentException(
                option,
                "'"
                    + label
                    + "' is not a precision: choose f32, f16, bf16, q8_0, q5_1, q5_0,"
                    + " q4_1 or q4_0"));
  }
}

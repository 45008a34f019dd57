package dev.rwkv.cli;

import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.checkpoint.architecture.Rwkv4;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rwkv synth}: a random model of a given shape. */
@Command(
    name = "synth",
    description = "Writes a random RWKV-4 model of a given shape, to measure and to test with.",
    footer = {
      "",
      "Example, the shape of RWKV-4 169M:",
      "  rwkv synth --layers 12 --dim 768 --vocab 50277 --dtype bf16 169M.safetensors"
    })
final class SynthCommand implements Runnable {
  @Option(names = "--layers", paramLabel = "L", required = true, description = "Blocks.")
  int layers;

  @Option(names = "--dim", paramLabel = "C", required = true, description = "Embedding width.")
  int dim;

  @Option(
      names = "--ffn",
      paramLabel = "F",
      description = "Feed-forward width; default: 4 times --dim.")
  @Nullable Integer ffn;

  @Option(names = "--vocab", paramLabel = "V", required = true, description = "Tokens.")
  int vocab;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      defaultValue = "f32",
      description = "f32, f16 or bf16; default: ${DEFAULT-VALUE}.")
  String dtype = "f32";

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Another seed, another model; default: ${DEFAULT-VALUE}.")
  long seed;

  @Option(
      names = "--sparse",
      description =
          "Leave the weights a hole of zeros: a model of any size to inspect, without its disk"
              + " space.")
  boolean sparse;

  @Parameters(index = "0", paramLabel = "OUT.safetensors", description = "The file to write.")
  Path output = Path.of("");

  @Override
  public void run() {
    int feedForward = ffn == null ? Math.multiplyExact(4, Math.clamp(dim, 0, 1 << 24)) : ffn;
    SyntheticModel model =
        new SyntheticModel(
            ModelConfig.of(Rwkv4.INSTANCE.name(), layers, dim, feedForward, vocab),
            ModelOptions.precisionNamed("--dtype", dtype),
            seed);
    if (sparse) {
      model.writeSparse(output);
    } else {
      Progress.ofBytes("writing " + output.getFileName(), sink -> model.write(output, sink));
    }
  }
}

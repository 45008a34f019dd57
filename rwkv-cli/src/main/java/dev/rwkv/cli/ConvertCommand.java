package dev.rwkv.cli;

import dev.rwkv.checkpoint.Conversion;
import dev.rwkv.tensor.Checkpoint;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rwkv convert}: a checkpoint in another format or precision. */
@Command(
    name = "convert",
    description = "Writes a checkpoint in another format or precision.",
    footer = {
      "",
      "The ending of OUT chooses the format: .safetensors, or .bin for rwkv.cpp. Quantised"
          + " precisions need .bin.",
      "",
      "Example: rwkv convert RWKV-4-Pile-169M.pth 169M-q8_0.bin --precision q8_0"
    })
final class ConvertCommand implements Runnable {
  @Parameters(index = "0", paramLabel = "IN", description = "The checkpoint file or folder.")
  Path input = Path.of("");

  @Parameters(index = "1", paramLabel = "OUT", description = "The file to write.")
  Path output = Path.of("");

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      description = "f32, f16, bf16, q8_0, q5_1, q5_0, q4_1 or q4_0; default: as stored.")
  @Nullable String precision;

  @Override
  public void run() {
    try (Checkpoint checkpoint = Checkpoint.open(input)) {
      Conversion conversion =
          precision == null
              ? Conversion.of(checkpoint)
              : Conversion.of(checkpoint)
                  .withPrecision(ModelOptions.precisionNamed("--precision", precision));
      Progress.ofBytes(
          "writing " + output.getFileName(), sink -> conversion.withProgress(sink).write(output));
    }
  }
}

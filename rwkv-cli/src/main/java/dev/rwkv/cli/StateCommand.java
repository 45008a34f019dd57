package dev.rwkv.cli;

import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.checkpoint.StateFile;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rwkv state}: where the model is after some tokens. */
@Command(
    name = "state",
    description = "Writes the state after some tokens as safetensors.",
    footer = {
      "",
      "RWKV-4 has, for each layer N, blocks.N.att.shift, .att.numerator, .att.denominator,"
          + " .att.exponent and blocks.N.ffn.shift, each [C].",
      "",
      "Example: rwkv state -m MODEL --tokens 34,105,110 -o state.safetensors"
    })
final class StateCommand implements Runnable {
  @Mixin ModelOptions modelOptions = new ModelOptions();
  @Mixin SpanForm form = new SpanForm();

  @Option(
      names = "--tokens",
      paramLabel = "IDS",
      required = true,
      description = "Token ids, for example 1,2,3.")
  String tokens = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE.safetensors",
      required = true,
      description = "The file to write.")
  Path output = Path.of("");

  @Override
  public void run() {
    OutputFile.check("--output", output, modelOptions.model);
    int[] ids = TokenIds.parse("--tokens", tokens);
    try (Model model = modelOptions.open();
        Session session = model.newSession()) {
      form.consume(session, ids, null);
      StateFile.save(session.snapshot(), output, Map.of());
    }
  }
}

package dev.rwkv.cli;

import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rwkv detokenize}: token ids to text. */
@Command(
    name = "detokenize",
    description = "Prints the text of token ids.",
    footer = {"", "Example: rwkv detokenize --tokenizer world 23897,4596,36473"})
final class DetokenizeCommand implements Runnable {
  @Mixin ModelOptions modelOptions = new ModelOptions();
  @Mixin TokenizerOption tokenizerOption = new TokenizerOption();

  @Parameters(index = "0", paramLabel = "IDS", description = "Token ids, for example 1,2,3.")
  String tokens = "";

  @Spec @Nullable CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    out.println(
        Terminal.shown(
            tokenizerOption.tokenizer(modelOptions).decode(TokenIds.parse("IDS", tokens))));
    out.flush();
  }
}

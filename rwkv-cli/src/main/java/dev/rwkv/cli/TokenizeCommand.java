package dev.rwkv.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rwkv tokenize}: text to token ids. */
@Command(
    name = "tokenize",
    description = "Prints the token ids of a text, separated by commas.",
    footer = {"", "Example: rwkv tokenize --tokenizer world \"Made in China\""})
final class TokenizeCommand implements Runnable {
  @Mixin ModelOptions modelOptions = new ModelOptions();
  @Mixin TokenizerOption tokenizerOption = new TokenizerOption();

  @Parameters(index = "0", paramLabel = "TEXT", description = "The text.")
  String text = "";

  @Spec @Nullable CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    out.println(
        Arrays.stream(tokenizerOption.tokenizer(modelOptions).encode(text))
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(",")));
    out.flush();
  }
}

package dev.rwkv.cli;

import dev.rwkv.Model;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.text.Tokenizer;
import dev.rwkv.text.Tokenizers;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --tokenizer} of every command that reads or writes text. */
final class TokenizerOption {
  @Option(
      names = "--tokenizer",
      paramLabel = "FILE",
      description =
          "A tokenizer.json, a World vocabulary, or one of: bytes, world, pile; default: what lies"
              + " beside the model, or what its vocabulary size asks for.")
  @Nullable String tokenizer;

  /** The tokenizer asked for, if it fits the model; or the model's own. */
  Tokenizer tokenizerFor(Model model) {
    return tokenizer == null
        ? Tokenizers.forModel(model)
        : Tokenizers.requireFit(named(tokenizer), model);
  }

  /** The tokenizer asked for, or that of the model; the model is opened only when it must be. */
  Tokenizer tokenizer(ModelOptions options) {
    if (options.model == null) {
      if (tokenizer == null) {
        throw new InvalidArgumentException(
            "--tokenizer", "no tokenizer given: name one, or a model with -m");
      }
      return named(tokenizer);
    }
    try (Model model = options.open()) {
      return tokenizerFor(model);
    }
  }

  private static Tokenizer named(String name) {
    return Tokenizers.fromFile(Path.of(name));
  }
}

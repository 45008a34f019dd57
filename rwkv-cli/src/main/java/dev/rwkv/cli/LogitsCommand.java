package dev.rwkv.cli;

import dev.rwkv.Logits;
import dev.rwkv.Model;
import dev.rwkv.Session;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rwkv logits}: what the model says after some tokens. */
@Command(
    name = "logits",
    description = "Prints or writes the raw logits after some tokens.",
    footer = {"", "Example: rwkv logits -m MODEL --tokens 34,105,110 -o logits.npy"})
final class LogitsCommand implements Runnable {
  private static final int SHOWN = 10;

  @Mixin ModelOptions modelOptions = new ModelOptions();
  @Mixin SpanForm form = new SpanForm();

  @Option(
      names = "--tokens",
      paramLabel = "IDS",
      required = true,
      description = "Token ids, for example 1,2,3.")
  String tokens = "";

  @Option(names = "--all", description = "Logits after every token, [T, V]; needs -o.")
  boolean all;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE.npy",
      description = "Write a float32 NumPy file: [V], or [T, V] with --all.")
  @Nullable Path output;

  @Spec @Nullable CommandSpec spec;

  @Override
  public void run() {
    CommandSpec command = Objects.requireNonNull(spec);
    if (all && output == null) {
      throw new ParameterException(command.commandLine(), "--all needs -o FILE.npy");
    }
    if (output != null) {
      OutputFile.check("--output", output, modelOptions.model);
    }
    int[] ids = TokenIds.parse("--tokens", tokens);
    try (Model model = modelOptions.open();
        Session session = model.newSession()) {
      if (output == null) {
        form.consume(session, ids, null);
        printLargest(session.logits(), command.commandLine().getOut());
      } else if (all) {
        writeAll(session, ids, output);
      } else {
        form.consume(session, ids, null);
        try (NpyFile file = new NpyFile(output, "(" + session.logits().size() + ",)")) {
          file.write(session.logits().toFloats());
          file.complete();
        }
      }
    }
  }

  private void writeAll(Session session, int[] ids, Path target) {
    int vocabulary = session.model().config().vocabulary();
    float[] row = new float[vocabulary];
    try (NpyFile file = new NpyFile(target, "(" + ids.length + ", " + vocabulary + ")")) {
      form.consume(
          session,
          ids,
          (index, logits) -> {
            logits.copyTo(row);
            file.write(row);
          });
      file.complete();
    }
  }

  private static void printLargest(Logits logits, PrintWriter out) {
    double[] values = logits.toDoubles();
    List<Integer> largest =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> values[i]).reversed())
            .limit(SHOWN)
            .toList();
    for (int token : largest) {
      out.printf("%8d  %12.6f%n", token, values[token]);
    }
    out.flush();
  }
}

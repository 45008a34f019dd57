package dev.rwkv.cli;

import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.train.Trainer;
import dev.rwkv.train.TrainingConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rwkv train}: trains a model, or tunes a state of one. */
@Command(
    name = "train",
    description = "Trains a model, or tunes a state of one, as a TOML file says.",
    footer = {
      "",
      "The run goes on from the last checkpoint in its folder, if there is one. Ctrl-C writes a"
          + " checkpoint and stops. All keys: docs/training.md. A complete configuration:",
      "",
      "  [model]",
      "  layers = 4                    # blocks",
      "  dim = 256                     # embedding width; ffn = 1024 if not given",
      "",
      "  [data]",
      "  file = \"tinyshakespeare.txt\"  # relative to this file",
      "  tokenizer = \"bytes\"           # or world, pile, a file",
      "  validation = 0.1              # the last tenth",
      "",
      "  [training]",
      "  seed = 1",
      "  steps = 3000                  # or minutes = 30",
      "  batch = 16                    # texts a step",
      "  context = 128                 # tokens a text",
      "  learning_rate = 8e-4          # falls exponentially to",
      "  final_learning_rate = 1e-5",
      "",
      "  [output]",
      "  dir = \"shakespeare\"           # model, checkpoint, loss.csv, loss.svg",
      "  validate_every = 250          # steps",
      "  checkpoint_every = 500",
      "  sample_every = 500",
      "  sample_prompt = \"ROMEO:\"",
      "",
      "Example: rwkv train tiny-shakespeare.toml --threads 2",
      "         rwkv generate -m shakespeare/model.safetensors \"ROMEO:\"",
    })
final class TrainCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "CONFIG", description = "A TOML file.")
  Path config = Path.of("");

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "How many threads to use; default: as many as processors.")
  @Nullable Integer threads;

  @Option(
      names = "--fresh",
      description = "Begin anew: forget checkpoint and models in the output folder.")
  boolean fresh;

  @Option(
      names = "--minutes",
      paramLabel = "M",
      description = "End after so many minutes, in place of a number of steps.")
  @Nullable Double minutes;

  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    TrainingConfig read = TrainingConfig.read(config);
    if (minutes != null) {
      if (!(minutes > 0 && minutes < 1e7)) {
        throw new InvalidArgumentException("--minutes", minutes + " is not a time above 0");
      }
      read = read.withMinutes(minutes);
    }
    int team = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    AtomicBoolean stop = new AtomicBoolean();
    try (Trainer trainer = Trainer.open(read, team, fresh);
        TrainingReport report = new TrainingReport(read, trainer, out)) {
      Object interrupt = Signals.register("INT", () -> stop(stop));
      Object termination = Signals.register("TERM", () -> stop(stop));
      try {
        if (trainer.run(report, stop::get)) {
          return 0;
        }
      } finally {
        Signals.unregister("INT", interrupt);
        Signals.unregister("TERM", termination);
      }
      report.stopped();
      return ErrorReport.FAILED;
    }
  }

  /** The first signal asks; a second one ends at once, which loses the steps since a checkpoint. */
  private static void stop(AtomicBoolean stop) {
    if (stop.getAndSet(true)) {
      Runtime.getRuntime().halt(130);
    }
  }
}

package dev.rwkv.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rwkv plot}: draws what is in a model, and how models were trained. */
@Command(
    name = "plot",
    description =
        "Draws what is in a model, as the paper's appendix I does, and how trainings went.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {PlotDecayCommand.class, PlotTraceCommand.class, PlotLossCommand.class})
final class PlotCommand implements Runnable {
  @Spec @Nullable CommandSpec spec;

  @Override
  public void run() {
    throw new ErrorReport.MissingCommandException(spec);
  }
}

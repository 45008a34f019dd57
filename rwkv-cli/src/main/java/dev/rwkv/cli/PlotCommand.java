package dev.rwkv.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rwkv plot}: looks into a model and draws what is there. */
@Command(
    name = "plot",
    description = "Draws what is in a model, as the paper's appendix I does.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {PlotDecayCommand.class, PlotTraceCommand.class})
final class PlotCommand implements Runnable {
  @Spec @Nullable CommandSpec spec;

  @Override
  public void run() {
    throw new ErrorReport.MissingCommandException(spec);
  }
}

package dev.rwkv.cli;

import dev.rwkv.cli.figure.LossFigure;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code rwkv plot loss}: trainings side by side. */
@Command(
    name = "loss",
    description = "Draws the losses of trainings in one figure, to compare them.",
    footer = {"", "Example: rwkv plot loss small-init normal-init -o figure-9.svg"})
final class PlotLossCommand implements Runnable {
  @Parameters(
      index = "0..*",
      arity = "1..*",
      paramLabel = "DIR",
      description = "Folders of trainings (output.dir), in which loss.csv is.")
  List<Path> folders = new ArrayList<>();

  @Option(names = "--title", paramLabel = "TEXT", description = "What stands above the figure.")
  String title = "Loss";

  @Mixin FigureOption figure = new FigureOption();

  @Spec @Nullable CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Optional<FigureOption.Target> target =
        figure.target("loss.svg", folders.getFirst().resolve("loss.csv"));
    List<LossFigure.Run> runs = new ArrayList<>();
    for (Path folder : folders) {
      runs.add(LossLog.of(folder).run(String.valueOf(folder.getFileName())));
    }
    target.ifPresent(t -> t.file().write(LossFigure.of(title, runs)));
    if (figure.json) {
      out.println(asJson(runs));
    } else {
      print(runs, out);
      target.ifPresent(t -> out.printf("%nfigure  %s%n", t.path()));
    }
    out.flush();
  }

  private static void print(List<LossFigure.Run> runs, PrintWriter out) {
    out.printf("%-24s  %8s  %13s  %15s%n", "training", "steps", "last training", "best validation");
    for (LossFigure.Run run : runs) {
      List<Double> losses = run.training().losses();
      out.printf(
          Locale.ROOT,
          "%-24s  %8d  %13s  %15s%n",
          run.name(),
          losses.size(),
          losses.isEmpty() ? "-" : String.format(Locale.ROOT, "%.4f", losses.getLast()),
          run.validation().losses().stream()
              .min(Double::compare)
              .map(best -> String.format(Locale.ROOT, "%.4f", best))
              .orElse("-"));
    }
  }

  private static String asJson(List<LossFigure.Run> runs) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    ArrayNode all = root.putArray("trainings");
    for (LossFigure.Run run : runs) {
      ObjectNode object = all.addObject();
      object.put("name", run.name());
      add(object.putObject("trainingLoss"), run.training());
      add(object.putObject("validationLoss"), run.validation());
    }
    return root.toString();
  }

  private static void add(ObjectNode object, LossFigure.Curve curve) {
    ArrayNode steps = object.putArray("steps");
    curve.steps().forEach(steps::add);
    ArrayNode losses = object.putArray("natsPerToken");
    curve.losses().forEach(losses::add);
  }
}

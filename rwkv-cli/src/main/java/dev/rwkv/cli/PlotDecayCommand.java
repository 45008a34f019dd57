package dev.rwkv.cli;

import dev.rwkv.ModelConfig;
import dev.rwkv.checkpoint.architecture.Rwkv4Weights;
import dev.rwkv.cli.figure.LayerDecay;
import dev.rwkv.cli.figure.TimeDecayFigure;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code rwkv plot decay}: how fast every layer forgets. Reads the decays, and nothing else. */
@Command(
    name = "decay",
    description = "Draws the time decay of every layer, sorted by channel (the paper's Figure 10).",
    footer = {"", "Example: rwkv plot decay MODEL -o decay.png"})
final class PlotDecayCommand implements Runnable {
  /** A channel above this is counted as one that remembers: half is left after 69 tokens. */
  private static final double LONG = 0.99;

  @Parameters(index = "0", paramLabel = "MODEL", description = "The checkpoint file or folder.")
  Path model = Path.of("");

  @Mixin FigureOption figure = new FigureOption();

  @Spec @Nullable CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Optional<FigureOption.Target> target = figure.target("decay.svg", model);
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      Rwkv4Weights weights = Rwkv4Weights.of(checkpoint);
      List<LayerDecay> layers = decays(weights);
      target.ifPresent(t -> t.file().write(TimeDecayFigure.of(weights.config(), layers)));
      if (figure.json) {
        out.println(asJson(weights.config(), layers));
      } else {
        print(layers, out);
        target.ifPresent(t -> out.printf("%nfigure  %s%n", t.path()));
      }
    }
    out.flush();
  }

  private List<LayerDecay> decays(Rwkv4Weights weights) {
    List<LayerDecay> layers = new ArrayList<>();
    for (Rwkv4Weights.Layer layer : weights.layers()) {
      LayerDecay decay = LayerDecay.of(layer.timeMix().decay());
      if (Arrays.stream(decay.factors()).anyMatch(Double::isNaN)) {
        throw new CheckpointException(
            model,
            "a decay of layer " + layers.size() + " is NaN: the file is damaged, get it again");
      }
      layers.add(decay);
    }
    return layers;
  }

  private static void print(List<LayerDecay> layers, PrintWriter out) {
    out.printf(
        "%5s  %8s  %8s  %8s  %10s  %s%n",
        "layer", "least", "median", "greatest", "above " + LONG, "median's half-life in tokens");
    for (int layer = 0; layer < layers.size(); layer++) {
      LayerDecay decay = layers.get(layer);
      double[] sorted = decay.sorted();
      out.printf(
          Locale.ROOT,
          "%5d  %8.6f  %8.6f  %8.6f  %9.1f%%  %.4g%n",
          layer,
          sorted[0],
          decay.median(),
          sorted[sorted.length - 1],
          100 * decay.shareAbove(LONG),
          LayerDecay.halfLife(decay.median()));
    }
  }

  private String asJson(ModelConfig config, List<LayerDecay> layers) {
    ObjectNode object = JsonMapper.shared().createObjectNode();
    object.put("model", model.toString());
    object.put("width", config.width());
    object.put("threshold", LONG);
    ArrayNode all = object.putArray("layers");
    for (LayerDecay decay : layers) {
      ObjectNode layer = all.addObject();
      layer.put("median", decay.median());
      layer.put("shareAboveThreshold", decay.shareAbove(LONG));
      ArrayNode factors = layer.putArray("decay");
      Arrays.stream(decay.factors()).forEach(factors::add);
    }
    return object.toString();
  }
}

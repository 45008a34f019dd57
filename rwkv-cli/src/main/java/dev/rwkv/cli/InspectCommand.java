package dev.rwkv.cli;

import dev.rwkv.ModelConfig;
import dev.rwkv.StateLayout;
import dev.rwkv.checkpoint.architecture.Architecture;
import dev.rwkv.checkpoint.architecture.Architectures;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.TensorView;
import dev.rwkv.text.Tokenizers;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code rwkv inspect}: what a checkpoint is, without loading it. */
@Command(
    name = "inspect",
    description = "Says what a checkpoint is: format, architecture, sizes, cost, tokenizer.")
final class InspectCommand implements Runnable {
  @Parameters(index = "0", paramLabel = "MODEL", description = "The checkpoint file or folder.")
  Path model = Path.of("");

  @Option(names = "--json", description = "Print a JSON object.")
  boolean json;

  @Option(names = "--verify", description = "Read every weight and look for NaN and infinities.")
  boolean verify;

  @Spec @Nullable CommandSpec spec;

  /** What is printed, in either form. */
  private record Findings(
      Path file,
      String format,
      ModelConfig config,
      long parameters,
      long flopsPerToken,
      StateLayout state,
      Map<DType, Long> weightsByType,
      long weightBytes,
      String tokenizer,
      String fingerprint) {}

  @Override
  public void run() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      Findings findings = inspect(checkpoint);
      if (verify) {
        verify(checkpoint);
      }
      if (json) {
        out.println(asJson(findings));
      } else {
        print(findings, out);
      }
    }
    out.flush();
  }

  private static Findings inspect(Checkpoint checkpoint) {
    Architecture architecture = Architectures.of(checkpoint);
    ModelConfig config = architecture.config(checkpoint);
    Map<DType, Long> byType = new TreeMap<>();
    long bytes = 0;
    for (String name : checkpoint.names()) {
      TensorView tensor = checkpoint.tensor(name);
      byType.merge(tensor.dtype(), tensor.shape().elements(), Long::sum);
      bytes += tensor.data().byteSize();
    }
    return new Findings(
        checkpoint.source(),
        checkpoint.format(),
        config,
        architecture.parameters(config),
        architecture.flopsPerToken(config),
        architecture.stateLayout(config),
        byType,
        bytes,
        Tokenizers.nameForVocabulary(config.vocabulary()).orElse("none is built in: --tokenizer"),
        checkpoint.fingerprint().hex());
  }

  private void verify(Checkpoint checkpoint) {
    try (Progress progress = new Progress("verifying", checkpoint.names().size(), "tensors")) {
      for (String name : checkpoint.names()) {
        TensorView tensor = checkpoint.tensor(name);
        long index = tensor.firstNonFinite();
        if (index >= 0) {
          throw new CheckpointException(
              model,
              name,
              "holds "
                  + tensor.get(index)
                  + " at element "
                  + index
                  + " of "
                  + tensor.shape()
                  + ": the file is damaged, get it again",
              null);
        }
        progress.step();
      }
    }
  }

  private void print(Findings found, PrintWriter out) {
    row(out, "file", found.file().toString());
    row(out, "format", found.format());
    row(out, "architecture", found.config().architecture());
    row(
        out,
        "sizes",
        String.format(
            "L%d layers, C%d wide, F%d feed-forward, V%d tokens",
            found.config().layers(),
            found.config().width(),
            found.config().feedForwardWidth(),
            found.config().vocabulary()));
    row(out, "parameters", withPower(found.parameters()));
    row(out, "FLOPs per token", withPower(found.flopsPerToken()));
    row(
        out,
        "state",
        String.format(
            Locale.ROOT,
            "%,d numbers in %d components, %,d bytes as f32",
            found.state().elements(),
            found.state().components().size(),
            found.state().bytes(DType.F32)));
    row(
        out,
        "weights",
        String.format(Locale.ROOT, "%,d bytes: %s", found.weightBytes(), types(found)));
    row(out, "tokenizer", found.tokenizer());
    row(out, "fingerprint", found.fingerprint());
    if (verify) {
      row(out, "verified", "every weight is finite");
    }
  }

  private static void row(PrintWriter out, String name, String value) {
    out.printf("%-16s %s%n", name, value);
  }

  private static String types(Findings found) {
    return found.weightsByType().entrySet().stream()
        .map(
            entry -> String.format(Locale.ROOT, "%,d %s", entry.getValue(), entry.getKey().label()))
        .collect(Collectors.joining(", "));
  }

  /** As the paper's Table 2 writes it: four significant digits and a power of ten. */
  static String withPower(long number) {
    int power = (int) Math.floor(Math.log10((double) number));
    return String.format(
        Locale.ROOT, "%,d (%.3f × 10^%d)", number, (double) number / Math.pow(10, power), power);
  }

  private String asJson(Findings found) {
    JsonMapper mapper = JsonMapper.shared();
    ObjectNode object = mapper.createObjectNode();
    object.put("file", found.file().toString());
    object.put("format", found.format());
    object.put("architecture", found.config().architecture());
    object.put("layers", found.config().layers());
    object.put("width", found.config().width());
    object.put("feedForwardWidth", found.config().feedForwardWidth());
    object.put("vocabulary", found.config().vocabulary());
    object.put("layerNormEpsilon", found.config().layerNormEpsilon());
    object.put("parameters", found.parameters());
    object.put("flopsPerToken", found.flopsPerToken());
    object.put("stateElements", found.state().elements());
    object.put("stateBytes", found.state().bytes(DType.F32));
    object.put("weightBytes", found.weightBytes());
    ObjectNode types = object.putObject("weights");
    found.weightsByType().forEach((type, count) -> types.put(type.label(), count));
    object.put("tokenizer", found.tokenizer());
    object.put("fingerprint", found.fingerprint());
    if (verify) {
      object.put("verified", true);
    }
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(object);
  }
}

package dev.rwkv.cli;

import dev.rwkv.cli.bench.BenchPlan;
import dev.rwkv.cli.bench.Benchmark;
import dev.rwkv.cli.bench.JsonReport;
import dev.rwkv.cli.bench.Measurement;
import dev.rwkv.cli.bench.TableReport;
import dev.rwkv.cli.figure.Figures;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rwkv bench}: how fast a model is, and how fast it could be. */
@Command(
    name = "bench",
    description =
        "Measures decode and prefill, and in the same run what the machine can do at most.",
    footer = {
      "",
      "Every combination of precision, threads and batch is loaded, warmed up, and measured in"
          + " rounds.",
      "decode: one token a step; bytes of weights touched per token (zeros skipped) times tokens/s,"
          + " as a share of the read bandwidth; and 2 x elements of all matrices but the embedding,"
          + " as a share of the f32 FMA peak, which is what limits a batch: it reads the weights"
          + " once for all its sessions. Its tokens/s are those of all together.",
      "prefill: a whole prompt; 2 x elements of all matrices but embedding and head x tokens, and"
          + " the head once, as a share of the f32 FMA peak.",
      "first token: load and one step in this process; the JVM's own start is not in it.",
      "",
      "Example: rwkv bench -m MODEL --precision bf16,q8_0 --threads 1,2 --batch 1,8"
    })
final class BenchCommand implements Runnable {
  private static final int LONG_TEXT = 1000; // as in the paper's Figure 7

  @Option(
      names = {"-m", "--model"},
      paramLabel = "FILE|DIR",
      description =
          "The checkpoint: .pth, .safetensors, rwkv.cpp .bin, or a Hugging Face folder; default:"
              + " the built-in model.")
  @Nullable Path model;

  @Option(
      names = {"-b", "--backend"},
      paramLabel = "NAME",
      description = "The backend; without it, the best usable one (see rwkv backends).")
  @Nullable String backend;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      split = ",",
      description =
          "What the weights are held in, one or several: f32,f16,bf16,q8_0,q5_1,q4_0 ...; default:"
              + " as stored.")
  List<String> precisions = new ArrayList<>();

  @Option(
      names = "--threads",
      paramLabel = "N",
      split = ",",
      description =
          "The most threads to use, one or several: 1,2; default: what the backend likes.")
  List<Integer> threads = new ArrayList<>();

  @Option(
      names = "--batch",
      paramLabel = "B",
      split = ",",
      defaultValue = "1",
      description = "Sessions stepped together, one or several: 1,8; default: ${DEFAULT-VALUE}.")
  List<Integer> batches = new ArrayList<>();

  @Option(
      names = "--prompt",
      paramLabel = "T",
      defaultValue = "512",
      description = "Tokens of the prompt; default: ${DEFAULT-VALUE}.")
  int prompt;

  @Option(
      names = "--gen",
      paramLabel = "N",
      defaultValue = "64",
      description = "Tokens to decode in a round, per session; default: ${DEFAULT-VALUE}.")
  int generated;

  @Option(
      names = "--rounds",
      paramLabel = "R",
      defaultValue = "7",
      description = "How often each is measured; default: ${DEFAULT-VALUE}.")
  int rounds;

  @Option(
      names = "--dense",
      description = "Read every weight, also those that a zero makes superfluous.")
  boolean dense;

  @Option(names = "--json", description = "Print a JSON array.")
  boolean json;

  @Option(
      names = "--figures",
      paramLabel = "DIR",
      description =
          "Also write figures (SVG) into this folder: decode against its limit, and time and memory"
              + " of a long text (1000 tokens, or --gen if that is more).")
  @Nullable Path figures;

  @Spec @Nullable CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    BenchPlan plan =
        new BenchPlan(
            ModelOptions.orBuiltIn(model),
            backend,
            precisions.stream()
                .map(label -> ModelOptions.precisionNamed("--precision", label))
                .toList(),
            threads,
            batches,
            prompt,
            generated,
            rounds,
            figures == null ? 0 : Math.max(LONG_TEXT, generated),
            dense);
    Benchmark benchmark = new Benchmark(plan);
    if (figures != null) {
      Figures.prepare("--figures", figures);
    }
    TableReport table = new TableReport(rounds, out::println);
    Benchmark.Results results =
        measure(
            benchmark,
            measurement -> {
              if (!json) {
                table.add(measurement);
                out.flush();
              }
            });
    if (json) {
      out.println(JsonReport.of(results.measurements()));
    } else {
      table.end();
    }
    out.flush();
    if (figures != null) {
      Figures.write(results, figures);
    }
  }

  private static Benchmark.Results measure(Benchmark benchmark, Consumer<Measurement> measured) {
    try (Progress progress = new Progress("measuring", benchmark.steps(), "rounds")) {
      return benchmark.run(
          new Benchmark.Watcher() {
            @Override
            public void step() {
              progress.step();
            }

            @Override
            public void quiet() {
              progress.close();
            }

            @Override
            public void measured(Measurement measurement) {
              progress.close(); // it may share a terminal with the table
              measured.accept(measurement);
            }
          });
    }
  }
}

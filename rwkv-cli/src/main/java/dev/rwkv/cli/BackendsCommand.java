package dev.rwkv.cli;

import dev.rwkv.Backends;
import dev.rwkv.Rwkv;
import dev.rwkv.spi.BackendProvider;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code rwkv backends}: every provider, usable or why not. */
@Command(
    name = "backends",
    description = "Lists every backend: usable or why not, its rank and its capabilities.")
final class BackendsCommand implements Runnable {
  @Option(names = "--json", description = "Print a JSON array.")
  boolean json;

  @Spec @Nullable CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    List<Backends.Candidate> candidates = Rwkv.backends().candidates();
    if (json) {
      out.println(asJson(candidates));
    } else {
      candidates.forEach(candidate -> print(candidate, out));
    }
    out.flush();
  }

  private static void print(Backends.Candidate candidate, PrintWriter out) {
    out.printf(
        "%-12s rank %-4s %s%n",
        candidate.name(),
        candidate.provider().isPresent() ? candidate.rank() : "-",
        candidate.availability().reason().map(reason -> "unusable: " + reason).orElse("usable"));
    candidate
        .provider()
        .ifPresent(provider -> out.printf("%-12s %s%n", "", capabilities(provider)));
  }

  private static List<String> capabilities(BackendProvider provider) {
    return provider.capabilities().stream().map(Enum::name).sorted().toList();
  }

  private static String asJson(List<Backends.Candidate> candidates) {
    JsonMapper mapper = JsonMapper.shared();
    ArrayNode array = mapper.createArrayNode();
    for (Backends.Candidate candidate : candidates) {
      ObjectNode object = array.addObject();
      object.put("name", candidate.name());
      object.put("usable", candidate.availability().isUsable());
      object.put("reason", candidate.availability().reason().orElse(null));
      candidate
          .provider()
          .ifPresent(provider -> {
            object.put("rank", provider.rank());
            ArrayNode names = object.putArray("capabilities");
            capabilities(provider).forEach(names::add);
          });
    }
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(array);
  }
}

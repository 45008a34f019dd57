package dev.rwkv.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes measurements as a table for people. What is not known is a dash. */
public final class TableReport {
  private static final String GAP = "  ";
  private static final List<String> HEADINGS =
      List.of(
          "precision",
          "threads",
          "batch",
          "decode tokens/s",
          "MB/token",
          "of bandwidth",
          "of FMA peak",
          "prefill tokens/s",
          "of FMA peak",
          "first token",
          "B/token",
          "zeros");

  private TableReport() {}

  /**
   * The lines of the report.
   *
   * @param measurements at least one
   */
  public static List<String> of(List<Measurement> measurements, int rounds) {
    Measurement first = measurements.getFirst();
    List<String> lines = new ArrayList<>();
    lines.add(first.model() + ": " + first.config() + ", backend " + first.backend());
    lines.add(
        "median (least–most) of "
            + rounds
            + (rounds == 1 ? " round" : " rounds")
            + "; prompt of "
            + first.prefill().tokens()
            + " tokens; B/token are bytes allocated on the heap");
    lines.add("");
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADINGS);
    measurements.forEach(measurement -> rows.add(row(measurement)));
    lines.addAll(aligned(rows));
    lines.add("");
    lines.addAll(limits(measurements));
    return lines;
  }

  private static List<String> row(Measurement m) {
    return List.of(
        m.precision().label(),
        Integer.toString(m.threads()),
        Integer.toString(m.batch()),
        spread(m.decode().tokensPerSecond()),
        number(m.decode().bytesPerToken() / 1e6),
        percent(m.decode().shareOfBandwidth()),
        percent(m.decode().shareOfPeak()),
        spread(m.prefill().tokensPerSecond()),
        percent(m.prefill().shareOfPeak()),
        String.format(Locale.ROOT, "%.0f ms", m.timeToFirstTokenMillis()),
        number(m.bytesAllocatedPerToken()),
        percent(m.zeroShare()));
  }

  private static String spread(Spread spread) {
    if (Double.compare(spread.min(), spread.max()) == 0) {
      return number(spread.median());
    }
    return number(spread.median()) + " (" + number(spread.min()) + "–" + number(spread.max()) + ")";
  }

  // Three or four digits are what the noise leaves.
  private static String number(double value) {
    if (!Double.isFinite(value)) {
      return "–";
    }
    int decimals = value >= 100 || value == 0 ? 0 : value >= 10 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  private static String percent(double share) {
    return Double.isFinite(share) ? String.format(Locale.ROOT, "%.0f %%", share * 100) : "–";
  }

  private static List<String> aligned(List<List<String>> rows) {
    int[] widths = new int[HEADINGS.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String padding = " ".repeat(widths[i] - row.get(i).length());
        line.append(i == 0 ? row.get(i) + padding : GAP + padding + row.get(i));
      }
      lines.add(line.toString());
    }
    return lines;
  }

  private static List<String> limits(List<Measurement> measurements) {
    return measurements.stream()
        .collect(Collectors.groupingBy(Measurement::threads, TreeMap::new, Collectors.toList()))
        .entrySet()
        .stream()
        .map(entry -> limits(entry.getKey(), entry.getValue()))
        .toList();
  }

  private static String limits(int threads, List<Measurement> measurements) {
    Spread bandwidth =
        Spread.of(measurements.stream().mapToDouble(m -> m.machine().readBandwidthGBs()).toArray());
    Spread peak =
        Spread.of(measurements.stream().mapToDouble(m -> m.machine().fmaPeakGflops()).toArray());
    return "the machine with "
        + threads
        + (threads == 1 ? " thread" : " threads")
        + " in the same rounds: reads "
        + spread(bandwidth)
        + " GB/s, computes "
        + spread(peak)
        + " GFLOP/s (f32 FMA)";
  }
}

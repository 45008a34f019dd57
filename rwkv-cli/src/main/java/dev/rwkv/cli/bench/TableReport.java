package dev.rwkv.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Writes measurements as a table for people, each as soon as it is known. What is not known is a
 * dash.
 */
public final class TableReport {
  private static final String GAP = "  ";

  // A median with the least and the most is about as long as this.
  private static final int SPREAD = 20;

  private record Column(String heading, int width, Function<Measurement, String> cell) {
    Column(String heading, Function<Measurement, String> cell) {
      this(heading, heading.length(), cell);
    }
  }

  private static final List<Column> COLUMNS =
      List.of(
          new Column("precision", m -> m.precision().label()),
          new Column("threads", m -> Integer.toString(m.threads())),
          new Column("batch", m -> Integer.toString(m.batch())),
          new Column("decode tokens/s", SPREAD, m -> spread(m.decode().tokensPerSecond())),
          new Column("MB/token", m -> number(m.decode().bytesPerToken() / 1e6)),
          new Column("of bandwidth", m -> percent(m.decode().shareOfBandwidth())),
          new Column("of FMA peak", m -> percent(m.decode().shareOfPeak())),
          new Column("prefill tokens/s", SPREAD, m -> spread(m.prefill().tokensPerSecond())),
          new Column("of FMA peak", m -> percent(m.prefill().shareOfPeak())),
          new Column(
              "first token",
              m -> String.format(Locale.ROOT, "%.0f ms", m.timeToFirstTokenMillis())),
          new Column("B/token", m -> number(m.bytesAllocatedPerToken())),
          new Column("zeros", m -> percent(m.zeroShare())));

  private final int rounds;
  private final Consumer<String> lines;
  private final List<Measurement> measurements = new ArrayList<>();

  /**
   * A table without rows.
   *
   * @param rounds of each measurement
   * @param lines takes the lines of the table
   */
  public TableReport(int rounds, Consumer<String> lines) {
    this.rounds = rounds;
    this.lines = lines;
  }

  /** Writes a row, the heading before the first. */
  public void add(Measurement measurement) {
    if (measurements.isEmpty()) {
      heading(measurement);
    }
    measurements.add(measurement);
    lines.accept(line(column -> column.cell().apply(measurement)));
  }

  private void heading(Measurement first) {
    lines.accept(first.model() + ": " + first.config() + ", backend " + first.backend());
    lines.accept(
        "median (least–most) of "
            + rounds
            + (rounds == 1 ? " round" : " rounds")
            + "; prompt of "
            + first.prefill().tokens()
            + " tokens; B/token are bytes allocated on the heap");
    lines.accept("");
    lines.accept(line(Column::heading));
  }

  /** Writes what stands below the rows. */
  public void end() {
    lines.accept("");
    measurements.stream()
        .collect(Collectors.groupingBy(Measurement::threads, TreeMap::new, Collectors.toList()))
        .forEach((threads, measured) -> lines.accept(limits(threads, measured)));
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

  // The first column to the left, the others to the right; what is too long pushes the rest.
  private static String line(Function<Column, String> cells) {
    StringBuilder line = new StringBuilder();
    for (Column column : COLUMNS) {
      String cell = cells.apply(column);
      String padding = " ".repeat(Math.max(0, column.width() - cell.length()));
      line.append(line.isEmpty() ? cell + padding : GAP + padding + cell);
    }
    return line.toString();
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

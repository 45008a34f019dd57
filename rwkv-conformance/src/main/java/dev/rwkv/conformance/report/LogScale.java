package dev.rwkv.conformance.report;

import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Powers of ten along an axis.
 *
 * @param first the exponent at its beginning
 * @param last the exponent at its end
 * @param from its beginning in the picture
 * @param to its end in the picture
 */
record LogScale(int first, int last, double from, double to) {
  private static final int MOST_LABELS = 7;

  /** A scale on which all positive numbers find their place, and at least one power of ten does. */
  static LogScale of(DoubleStream numbers, double from, double to) {
    int[] exponents =
        numbers
            .filter(number -> number > 0)
            .mapToInt(number -> (int) Math.floor(Math.log10(number)))
            .toArray();
    int first = IntStream.of(exponents).min().orElse(0);
    int last = IntStream.of(exponents).max().orElse(0) + 1;
    return new LogScale(first, last, from, to);
  }

  /** Where a number is; what is too small is at the beginning, what is too large at the end. */
  double at(double number) {
    double exponent = number > 0 ? Math.log10(number) : first;
    double share = (exponent - first) / (last - first);
    return from + Math.clamp(share, 0, 1) * (to - from);
  }

  /** The exponents that get a label. */
  int[] labels() {
    int every = Math.max(1, (last - first + MOST_LABELS - 1) / MOST_LABELS);
    return IntStream.rangeClosed(first, last).filter(exponent -> exponent % every == 0).toArray();
  }

  /** A power of ten as SVG text: 10 with a raised exponent, or 0.1, 1, 10, 100. */
  static String label(int exponent) {
    return switch (exponent) {
      case -1 -> "0.1";
      case 0 -> "1";
      case 1 -> "10";
      case 2 -> "100";
      default ->
          "10<tspan dy=\"-5\" font-size=\"10\">"
              + (exponent < 0 ? "−" : "")
              + Math.abs(exponent)
              + "</tspan>";
    };
  }
}

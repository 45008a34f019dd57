package dev.rwkv.cli.bench;

import dev.rwkv.WeightTraffic;
import java.util.Optional;

/** The numbers of one combination, round by round. */
final class Rounds {
  private final double[] readBandwidth;
  private final double[] decode;
  private final double[] fmaPeak;
  private final double[] prefill;
  private Optional<WeightTraffic> traffic = Optional.empty();

  Rounds(int rounds) {
    readBandwidth = new double[rounds];
    decode = new double[rounds];
    fmaPeak = new double[rounds];
    prefill = new double[rounds];
  }

  /**
   * One round: each speed between two samples of its limit.
   *
   * @param withPrefill false if it is known already
   */
  void measure(int round, Subject subject, Limits limits, boolean withPrefill) {
    double before = limits.readBandwidth();
    Optional<WeightTraffic> earlier = subject.model().weightTraffic();
    decode[round] = subject.decode();
    traffic = subject.model().weightTraffic().map(now -> now.since(earlier.orElseThrow()));
    readBandwidth[round] = (before + limits.readBandwidth()) / 2;
    before = limits.fmaPeak();
    prefill[round] = withPrefill ? subject.prefill() : Double.NaN;
    fmaPeak[round] = (before + limits.fmaPeak()) / 2;
  }

  /**
   * What became of decoding; the bytes are those of the last round.
   *
   * @param operations those of a token
   */
  Measurement.Decode decode(int batch, double operations) {
    double bytesPerToken = traffic.map(WeightTraffic::bytesPerStep).orElse(Double.NaN) / batch;
    return new Measurement.Decode(
        Spread.of(decode),
        bytesPerToken,
        medianShare(decode, bytesPerToken, readBandwidth),
        medianShare(decode, operations, fmaPeak));
  }

  /** What became of reading prompts of so many tokens and operations. */
  Measurement.Prefill prefill(int tokens, double operations) {
    return new Measurement.Prefill(
        tokens, Spread.of(prefill), medianShare(prefill, operations / tokens, fmaPeak));
  }

  /** The share of zeros in the last round of decoding. */
  double zeroShare() {
    return traffic.map(WeightTraffic::zeroShare).orElse(Double.NaN);
  }

  Measurement.Machine machine() {
    return new Measurement.Machine(
        Spread.median(readBandwidth) / 1e9, Spread.median(fmaPeak) / 1e9);
  }

  private static double medianShare(double[] speeds, double amount, double[] limits) {
    double[] shares = new double[speeds.length];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = speeds[i] * amount / limits[i];
    }
    return Spread.median(shares);
  }
}

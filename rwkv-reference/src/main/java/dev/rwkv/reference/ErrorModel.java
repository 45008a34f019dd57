package dev.rwkv.reference;

import dev.rwkv.spi.Arithmetic;
import dev.rwkv.tensor.DType;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;

/**
 * What is assumed about a candidate's arithmetic, and the bounds on single operations that follow
 * from it.
 *
 * <p>Every operation rounds its result with unit roundoff u, and loses at most η more when the
 * result is below the normal range (results there may be flushed to zero); an exponential is within
 * a declared number of ulps. With reduced activations, vectors are rounded once more when they are
 * stored between equations. Overflow is not covered: where the oracle's value fits the candidate's
 * range with room to spare there is none.
 *
 * <p>The bounds are on the distance to the oracle's <em>computed</em> doubles, so u is the
 * candidate's unit roundoff plus the oracle's own 2⁻⁵³, and both are enlarged by 2⁻¹⁰, which makes
 * up for the roundings in computing the bounds themselves. See {@code docs/numerics.md}. Immutable.
 *
 * @param name for reports
 * @param unitRoundoff u: candidate and oracle together, with the slack
 * @param underflow η: what one operation may lose when its result is below the normal range
 * @param expRoundings roundings that one exponential counts for: an ulp is at most two of them
 * @param storageRoundoff of activations stored between equations; 0 when they are stored as
 *     computed
 * @param storageUnderflow what storing an activation may lose below the normal range
 * @param probable whether errors are taken as random, see {@link #probabilistic}
 * @param tracks whether errors are computed at all
 */
public record ErrorModel(
    String name,
    double unitRoundoff,
    double underflow,
    int expRoundings,
    double storageRoundoff,
    double storageUnderflow,
    boolean probable,
    boolean tracks) {

  /** The oracle's own unit roundoff. */
  private static final double DOUBLE = 0x1p-53;

  /** Every bound is at least linear in u, so this enlarges every bound by as much. */
  private static final double SLACK = 1 + 0x1p-10;

  /** Standard deviations of the probabilistic tier. */
  private static final double DEVIATIONS = 6;

  /** Values alone: no error is computed, every vector is exact. */
  public static final ErrorModel NONE = new ErrorModel("values alone", 0, 0, 0, 0, 0, false, false);

  /** The distance of the oracle from exact arithmetic on the same inputs. */
  public static final ErrorModel ORACLE =
      new ErrorModel("the oracle itself", DOUBLE * SLACK, Double.MIN_NORMAL, 2, 0, 0, false, true);

  /** Another implementation in binary64, exp within 1 ulp. */
  public static final ErrorModel F64 = of(Arithmetic.F64);

  /** Everything in binary32, exp within 2 ulp. */
  public static final ErrorModel F32 = of(Arithmetic.F32);

  /** Arithmetic in binary32, activations stored in binary16. */
  public static final ErrorModel F16_ACTIVATIONS = of(new Arithmetic(DType.F16, 2));

  /** Arithmetic in binary32, activations stored in bfloat16. */
  public static final ErrorModel BF16_ACTIVATIONS = of(new Arithmetic(DType.BF16, 2));

  /**
   * The model of a candidate that stores activations as it computes them.
   *
   * @param name for reports
   * @param unitRoundoff its own: 2⁻²⁴ for binary32 rounded to nearest, twice that when truncated
   * @param underflow its smallest normal number
   * @param expUlps how many units in the last place its exponential may be off, at least 1
   */
  public static ErrorModel of(String name, double unitRoundoff, double underflow, int expUlps) {
    if (expUlps < 1) {
      throw new IllegalArgumentException("exp cannot be known to " + expUlps + " ulps");
    }
    double u = (unitRoundoff + DOUBLE) * SLACK;
    return new ErrorModel(name, u, underflow * SLACK, 2 * expUlps, 0, 0, false, true);
  }

  /** The model of what a backend declares. */
  public static ErrorModel of(Arithmetic declared) {
    int ulps = declared.expUlps();
    return switch (declared.activations()) {
      case F64 -> of("f64", DOUBLE, Double.MIN_NORMAL, ulps);
      case F16 -> f32(ulps).storing("f16", 0x1p-11, 0x1p-14);
      case BF16 -> f32(ulps).storing("bf16", 0x1p-8, Float.MIN_NORMAL);
      default -> f32(ulps);
    };
  }

  private static ErrorModel f32(int expUlps) {
    return of("f32", 0x1p-24, Float.MIN_NORMAL, expUlps);
  }

  /** The same with activations that are rounded again when they are stored. */
  private ErrorModel storing(String type, double roundoff, double smallestNormal) {
    return new ErrorModel(
        type + " activations",
        unitRoundoff,
        underflow,
        expRoundings,
        roundoff * SLACK,
        smallestNormal * SLACK,
        probable,
        tracks);
  }

  /**
   * The same with rounding errors taken as independent and centred, and a bound as six standard
   * deviations: √n·u in place of n·u for long sums, and errors of a vector's elements that add up
   * as the root of their squares. To be reported beside a verdict; it proves nothing.
   */
  public ErrorModel probabilistic() {
    return new ErrorModel(
        name + ", probabilistic",
        unitRoundoff,
        underflow,
        expRoundings,
        storageRoundoff,
        storageUnderflow,
        true,
        tracks);
  }

  /**
   * γ_n = nu/(1 − nu): a product of n factors (1 + δ)^±1 with |δ| ≤ u is within γ_n of 1. Infinite
   * when nu reaches 1. The probabilistic tier gives e^(6√n·u + nu²/(1 − u)) − 1 where that is less.
   */
  public double gamma(long n) {
    double u = unitRoundoff;
    double certain = n * u < 1 ? n * u / (1 - n * u) : Double.POSITIVE_INFINITY;
    if (!probable) {
      return certain;
    }
    return Math.min(
        certain, Math.expm1(DEVIATIONS * Math.sqrt((double) n) * u + n * u * u / (1 - u)));
  }

  /** nu/(1 − u): how far the logarithm of a product of n factors (1 + δ)^±1 is from 0. */
  public double logGamma(long n) {
    return n * unitRoundoff / (1 - unitRoundoff);
  }

  /**
   * One summand of many errors that add up; {@link #total} of the sum of these is their bound. In
   * the probabilistic tier, squares add up.
   */
  double summand(double error) {
    return probable ? error * error : error;
  }

  /** What many {@linkplain #summand summands} amount to. */
  double total(double sum) {
    return probable ? Math.sqrt(sum) : sum;
  }

  /** One rounding of a result whose inputs' errors make up {@code error} so far. */
  public double rounded(double value, double error) {
    return error + unitRoundoff * (Math.abs(value) + error) + underflow;
  }

  /**
   * A vector that is handed from one equation to the next.
   *
   * @param error the error of each element; asked for only when errors are tracked
   */
  Bounded activation(double[] values, IntToDoubleFunction error) {
    return bounded(
        values,
        i -> {
          double e = error.applyAsDouble(i);
          return e + storageRoundoff * (Math.abs(values[i]) + e) + storageUnderflow;
        });
  }

  /** A vector of the state, which no candidate stores in less than f32. */
  Bounded bounded(double[] values, IntToDoubleFunction error) {
    if (!tracks) {
      return Bounded.exact(values);
    }
    double[] errors = new double[values.length];
    for (int i = 0; i < errors.length; i++) {
      double bound = error.applyAsDouble(i);
      errors[i] = Double.isNaN(bound) ? Double.POSITIVE_INFINITY : bound;
    }
    return Bounded.of(values, errors);
  }

  /** What the candidate itself exported: exact but for the rounding when it was stored. */
  Bounded observed(double[] values) {
    return storageRoundoff == 0 ? Bounded.exact(values) : activation(values, i -> 0);
  }

  /** For example {@code f32 (u = 5.97e-08)}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s (u = %.3g)", name, unitRoundoff);
  }
}

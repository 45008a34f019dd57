package dev.rwkv.spi;

import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.DType;

/**
 * What a backend says of the exactness of its arithmetic. The error bounds that the conformance kit
 * holds it to follow from this, and its certificate shows it.
 *
 * @param activations what vectors are held in from one equation to the next: f64 or f32, which is
 *     also the arithmetic; with f16 or bf16 they are rounded when they are stored, and the
 *     arithmetic and the state are f32
 * @param expUlps how many units in the last place of the arithmetic its exponential may be off, 1
 *     to {@value #MOST_EXP_ULPS}
 */
public record Arithmetic(DType activations, int expUlps) {
  /** An exponential that is off by more is no exponential any more. */
  public static final int MOST_EXP_ULPS = 1024;

  /** Everything in f64, the exponential within 1 ulp. */
  public static final Arithmetic F64 = new Arithmetic(DType.F64, 1);

  /** Everything in f32, the exponential within 2 ulp. */
  public static final Arithmetic F32 = new Arithmetic(DType.F32, 2);

  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if the type or the number of ulps is none of the above
   */
  public Arithmetic {
    boolean known =
        switch (activations) {
          case F64, F32, F16, BF16 -> true;
          default -> false;
        };
    if (!known) {
      throw new InvalidArgumentException(
          "activations", activations.label() + " is not f64, f32, f16 or bf16");
    }
    if (expUlps < 1 || expUlps > MOST_EXP_ULPS) {
      throw new InvalidArgumentException(
          "expUlps", expUlps + " is not between 1 and " + MOST_EXP_ULPS);
    }
  }

  /** For example {@code f32, exp within 2 ulp}. */
  @Override
  public String toString() {
    return switch (activations) {
          case F16, BF16 -> activations.label() + " activations in f32 arithmetic";
          default -> activations.label();
        }
        + ", exp within "
        + expUlps
        + " ulp";
  }
}

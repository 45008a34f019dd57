package dev.rwkv.reference;

/**
 * A stretch of tokens as one element of an associative composition, which is what lets WKV be
 * computed by a parallel scan (paper, section 3.2 and appendix D).
 *
 * <p>A stretch decays what came before it by e^w, and adds a·e^p to the numerator and b·e^p to the
 * denominator. One channel. Immutable.
 *
 * @param w the logarithm of the decay over the whole stretch
 * @param p exponent
 * @param a numerator at that exponent
 * @param b denominator at that exponent
 */
public record WkvComposition(double w, double p, double a, double b) {
  /** No token at all: the neutral element. */
  public static final WkvComposition NEUTRAL =
      new WkvComposition(0, Double.NEGATIVE_INFINITY, 0, 0);

  /** One token. */
  public static WkvComposition token(double w, double k, double v) {
    return new WkvComposition(w, k, v, 1);
  }

  /** This stretch followed by another. */
  public WkvComposition then(WkvComposition later) {
    double decayed = p + later.w;
    double q = Math.max(decayed, later.p);
    if (q == Double.NEGATIVE_INFINITY) {
      return new WkvComposition(w + later.w, q, 0, 0);
    }
    double e1 = Math.exp(decayed - q);
    double e2 = Math.exp(later.p - q);
    return new WkvComposition(w + later.w, q, e1 * a + e2 * later.a, e1 * b + e2 * later.b);
  }

  /** wkv of a token that follows this stretch. */
  public double wkv(double u, double k, double v) {
    double q = Math.max(p, u + k);
    double e1 = Math.exp(p - q);
    double e2 = Math.exp(u + k - q);
    return (e1 * a + e2 * v) / (e1 * b + e2);
  }

  /**
   * What stands before each token: an exclusive scan by halves, as a parallel machine would do it.
   *
   * @param start what stands before the first
   * @return as many elements as tokens, and one more for the end
   */
  public static WkvComposition[] scan(WkvComposition start, WkvComposition[] tokens) {
    WkvComposition[] before = new WkvComposition[tokens.length + 1];
    before[tokens.length] = scan(start, tokens, 0, tokens.length, before);
    return before;
  }

  private static WkvComposition scan(
      WkvComposition start, WkvComposition[] tokens, int from, int to, WkvComposition[] before) {
    if (from == to) {
      return start;
    }
    if (to - from == 1) {
      before[from] = start;
      return start.then(tokens[from]);
    }
    int middle = (from + to) >>> 1;
    scan(start, tokens, from, middle, before);
    WkvComposition left = reduce(tokens, from, middle);
    return scan(start.then(left), tokens, middle, to, before);
  }

  private static WkvComposition reduce(WkvComposition[] tokens, int from, int to) {
    if (to - from == 1) {
      return tokens[from];
    }
    int middle = (from + to) >>> 1;
    return reduce(tokens, from, middle).then(reduce(tokens, middle, to));
  }
}

package dev.rwkv.train;

/**
 * Random numbers that are a function of where they are used, so that a resumed run needs no saved
 * generator. Source: the finaliser of SplitMix64 (Steele, Lea, Flood 2014), applied to each part in
 * turn.
 */
final class CounterRandom {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private CounterRandom() {}

  /** 64 bits that depend on all {@code parts} and their order. */
  static long bits(long... parts) {
    long mixed = GOLDEN;
    for (long part : parts) {
      mixed = finalise((mixed ^ part) + GOLDEN);
    }
    return mixed;
  }

  /** A number from 0 to {@code bound} − 1; the bias of less than bound · 2⁻⁶³ is left in. */
  static long below(long bound, long... parts) {
    return (bits(parts) >>> 1) % bound;
  }

  private static long finalise(long bits) {
    long mixed = bits;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}

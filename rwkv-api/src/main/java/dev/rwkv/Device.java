package dev.rwkv;

/**
 * Where arithmetic is done.
 *
 * @param kind the kind of processor
 * @param name for people: {@code AMD EPYC, 512-bit vectors}
 * @param threads host threads that take part, at least 1
 */
public record Device(Kind kind, String name, int threads) {

  /** Kinds of processor. */
  public enum Kind {
    CPU,
    GPU,
    OTHER
  }
}

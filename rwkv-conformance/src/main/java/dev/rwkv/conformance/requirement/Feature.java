package dev.rwkv.conformance.requirement;

/**
 * Something that a backend may declare. Declared means tested; undeclared means tested to be
 * refused.
 *
 * <p>The first ones are those of {@link dev.rwkv.spi.Capability}, the others what {@link
 * dev.rwkv.spi.Wkv4Operator#supports} says. {@code Subject.declares} decides.
 */
public enum Feature {
  /** {@link dev.rwkv.spi.Capability#BATCH}. */
  BATCH,
  /** {@link dev.rwkv.spi.Capability#WKV4_OPERATOR}. */
  WKV4_OPERATOR,
  /** {@link dev.rwkv.spi.Capability#DETERMINISTIC_ACROSS_THREADS}. */
  DETERMINISTIC_ACROSS_THREADS,
  /** {@link dev.rwkv.spi.Capability#REDUCED_ACTIVATIONS}. */
  REDUCED_ACTIVATIONS,
  /** The operator has the stabilised recurrent form. */
  WKV4_RECURRENT,
  /** The operator has the stabilised parallel form. */
  WKV4_PARALLEL,
  /** The operator has the naive recurrent form. */
  WKV4_NAIVE
}

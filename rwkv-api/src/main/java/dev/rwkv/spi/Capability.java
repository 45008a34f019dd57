package dev.rwkv.spi;

/**
 * What a backend may do beyond running a session. Declared means that the conformance kit tests it;
 * undeclared means that asking for it throws {@link dev.rwkv.error.UnsupportedCapabilityException}.
 */
public enum Capability {
  /** Steps many sessions in one pass over the weights. */
  BATCH,
  /** Offers {@link Wkv4Operator} alone. */
  WKV4_OPERATOR,
  /** The same bits for every number of threads. */
  DETERMINISTIC_ACROSS_THREADS,
  /** Rounds activations below f32, to the type that {@link BackendProvider#arithmetic} says. */
  REDUCED_ACTIVATIONS
}

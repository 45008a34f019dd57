package dev.rwkv.conformance.requirement;

/** How binding a requirement is, in the sense of RFC 2119. */
public enum Level {
  /** Without it there is no certificate. */
  MUST,
  /** A failure is reported and does not void the certificate. */
  SHOULD
}

/**
 * The conformance kit: what a backend has to do, tested, with a certificate that others can replay.
 *
 * <p>A vendor starts with {@link dev.rwkv.conformance.BackendConformance}, which he extends in his
 * tests; programs, {@code rwkv certify} among them, with {@link
 * dev.rwkv.conformance.Certification}. The requirements are in {@code
 * dev.rwkv.conformance.requirement}, the tests in {@code dev.rwkv.conformance.property}; {@code
 * docs/conformance.md} says how they hang together.
 */
@NullMarked
package dev.rwkv.conformance;

import org.jspecify.annotations.NullMarked;

/**
 * How a candidate's numbers are compared with the oracle's, and what is said when they differ.
 *
 * <p>Start with {@link dev.rwkv.conformance.tolerance.Judge}. No tolerance is stated here: each is
 * a bound that {@code rwkv-reference} derives, see {@code docs/numerics.md}.
 */
@NullMarked
package dev.rwkv.conformance.tolerance;

import org.jspecify.annotations.NullMarked;

/**
 * Broken backends, one a file: the tests of the kit itself. Each must be killed by the requirement
 * that it breaks, with a violation and not with a crash.
 *
 * <p>Start with {@link dev.rwkv.conformance.mutant.HonestBackend}, a right and readable RWKV-4 in
 * f32 of which every method is a place to go wrong. A mutant extends it, overrides one method, and
 * says with {@link dev.rwkv.conformance.mutant.Breaks} which requirement that breaks and how: an
 * equation ({@link dev.rwkv.conformance.mutant.Equations}), the pass through the layers, the way in
 * which states are copied ({@link dev.rwkv.conformance.mutant.LiveState}), or the contract of
 * sessions and models ({@link dev.rwkv.conformance.mutant.RelaySession}, {@link
 * dev.rwkv.conformance.mutant.RelayModel}). Mutants are found by looking through this package; then
 * {@code docs/kill-matrix.md} wants to be generated anew.
 */
@NullMarked
package dev.rwkv.conformance.mutant;

import org.jspecify.annotations.NullMarked;

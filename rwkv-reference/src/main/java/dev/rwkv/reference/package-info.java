/**
 * The oracle: RWKV-4 in double precision, one file per equation, to be read beside the paper (arXiv
 * 2305.13048), and for every value a bound on how far a computation in another precision may be
 * from it. It is also a backend, named {@code reference}, of the lowest rank.
 *
 * <p>Start with {@link dev.rwkv.reference.Block}, which shows how the equations make a layer, or
 * with {@link dev.rwkv.reference.Oracle}, which judges a candidate's step. The letters are defined
 * in {@code docs/notation.md}; every bound is proved in {@code docs/numerics.md}.
 */
@NullMarked
package dev.rwkv.reference;

import org.jspecify.annotations.NullMarked;

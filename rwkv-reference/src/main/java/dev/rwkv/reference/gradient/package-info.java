/**
 * What training has to be given: the loss of RWKV-4 and its derivatives by every weight, in double
 * precision, found by differentiating the equations mechanically (reverse mode) and not by formulas
 * that somebody derived. A hand-written backward pass is tested against it, within a tolerance that
 * is measured by running the same differentiation with randomly perturbed arithmetic.
 *
 * <p>Start with {@link dev.rwkv.reference.gradient.GradientOracle}; the model's equations are in
 * {@code ForwardEquations} and {@code WkvRecurrence}, the derivatives of single operations in
 * {@code Operations}. The letters are defined in {@code docs/notation.md}, the tolerance is derived
 * in {@code docs/numerics.md}, section 8.
 */
@NullMarked
package dev.rwkv.reference.gradient;

import org.jspecify.annotations.NullMarked;

/**
 * Training: forward and backward over [B, T] in the parallel form, the optimiser, schedules, data.
 *
 * <p>Start reading at {@link dev.rwkv.train.GradientModel}: one step's loss and gradients.
 */
@NullMarked
package dev.rwkv.train;

import org.jspecify.annotations.NullMarked;

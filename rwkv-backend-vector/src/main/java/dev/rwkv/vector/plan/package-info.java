/**
 * What is done in which order, by whom, in which memory: the weights in panels, the threads, the
 * buffers, and the pass over the model that uses them.
 *
 * <p>Start with {@link dev.rwkv.vector.plan.ForwardPass}.
 */
@NullMarked
package dev.rwkv.vector.plan;

import org.jspecify.annotations.NullMarked;

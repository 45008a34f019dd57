/**
 * RWKV on the CPU, in plain Java with the Vector API.
 *
 * <p>Start with {@link dev.rwkv.vector.VectorProvider}; how a token goes through the model is in
 * {@code plan.ForwardPass}, what a layer computes in {@code kernel}.
 */
@NullMarked
package dev.rwkv.vector;

import org.jspecify.annotations.NullMarked;

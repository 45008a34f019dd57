/**
 * Benchmarks of products with matrices in panels. Start with {@link
 * dev.rwkv.vector.plan.PanelOperands}; how to run them is said in {@code dev.rwkv.vector.kernel}.
 */
@NullMarked
package dev.rwkv.vector.plan;

import org.jspecify.annotations.NullMarked;

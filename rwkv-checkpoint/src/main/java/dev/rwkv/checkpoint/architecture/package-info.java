/**
 * What the architectures are made of: which tensors a checkpoint must hold, what a state consists
 * of, and the checked weights that backends read.
 *
 * <p>Start with {@link dev.rwkv.checkpoint.architecture.Architectures#of}. A new architecture is
 * one implementation beside {@link dev.rwkv.checkpoint.architecture.Rwkv4}.
 */
@NullMarked
package dev.rwkv.checkpoint.architecture;

import org.jspecify.annotations.NullMarked;

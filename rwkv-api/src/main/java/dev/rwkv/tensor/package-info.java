/**
 * Tensors as a checkpoint holds them: element types, shapes, and views of mapped memory.
 *
 * <p>Start with {@link dev.rwkv.tensor.Checkpoint}, which hands out {@link
 * dev.rwkv.tensor.TensorView}s. Every element type is decoded in one place, {@link
 * dev.rwkv.tensor.DType}; nothing here knows an architecture.
 */
@NullMarked
package dev.rwkv.tensor;

import org.jspecify.annotations.NullMarked;

package dev.rwkv.checkpoint.architecture;

import dev.rwkv.tensor.Shape;

/**
 * A tensor that an architecture asks for.
 *
 * @param name in the spelling of the original checkpoints
 * @param shape without dimensions of 1
 * @param role what it is for
 */
public record TensorSpec(String name, Shape shape, Role role) {

  /** What a tensor is for: decides what may be quantised and what costs arithmetic. */
  public enum Role {
    /** A table from which a step reads one row. */
    EMBEDDING,
    /** A matrix that multiplies a vector in every step: two operations per element. */
    MATRIX,
    /** The last matrix, which makes the logits. rwkv.cpp never quantises it. */
    HEAD,
    /** A vector of the block: mixing, decay, normalisation. Never quantised. */
    VECTOR
  }
}

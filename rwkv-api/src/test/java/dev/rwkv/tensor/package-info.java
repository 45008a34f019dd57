/** Tests of tensors and their types against the formats' definitions. */
@NullMarked
package dev.rwkv.tensor;

import org.jspecify.annotations.NullMarked;

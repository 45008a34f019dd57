/** Tests of the gradients: against goldens, finite differences, and honest and wrong f32. */
@NullMarked
package dev.rwkv.reference.gradient;

import org.jspecify.annotations.NullMarked;

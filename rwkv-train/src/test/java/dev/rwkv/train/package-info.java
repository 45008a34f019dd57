/** Tests of the oracle against the goldens, against its own other forms, and of its bounds. */
@NullMarked
package dev.rwkv.reference;

import org.jspecify.annotations.NullMarked;

/** What the tests of several modules need: where the shared checkpoints and goldens are. */
@NullMarked
package dev.rwkv.testing;

import org.jspecify.annotations.NullMarked;

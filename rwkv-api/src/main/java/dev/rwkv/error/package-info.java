/**
 * Everything that can go wrong, as one unchecked hierarchy under {@link
 * dev.rwkv.error.RwkvException}.
 *
 * <p>A message is one line: what is wrong, in which file, tensor or argument, what was expected and
 * what to do. After any of these the model still works, unless it is the model that was closed.
 */
@NullMarked
package dev.rwkv.error;

import org.jspecify.annotations.NullMarked;

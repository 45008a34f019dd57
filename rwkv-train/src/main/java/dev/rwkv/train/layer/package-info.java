/**
 * The layers of a model over a whole batch, forwards and backwards, one a file.
 *
 * <p>Activations are rows: token t of text b is row b·T + t, rows lie a padded width apart, and
 * padding is zero. A layer keeps what its way back needs, so memory is linear in B·T. Start reading
 * at {@link dev.rwkv.train.layer.TimeMix}.
 */
@NullMarked
package dev.rwkv.train.layer;

import org.jspecify.annotations.NullMarked;

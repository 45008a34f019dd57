/**
 * The built-in model: bytes of Shakespeare's plays. Start reading at {@link
 * dev.rwkv.model.shakespeare.ShakespeareModel}; MODEL-CARD.md beside the weights says how it was
 * made.
 */
@NullMarked
package dev.rwkv.model.shakespeare;

import org.jspecify.annotations.NullMarked;

package dev.rwkv.text;

import java.util.OptionalInt;

/**
 * What one step of a generation brought.
 *
 * @param text the text that became certain with this token; empty while a character or a possible
 *     stop text is unfinished
 * @param token the token that was chosen; none if the piece is only what was still held back when
 *     the generation was cancelled
 */
public record TextPiece(String text, OptionalInt token) {}

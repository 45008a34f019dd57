/**
 * Figures of what bench has measured, one a file, as SVG. Start with {@link
 * dev.rwkv.cli.figure.Figures}.
 */
@NullMarked
package dev.rwkv.cli.figure;

import org.jspecify.annotations.NullMarked;

/**
 * Figures, one a file, as SVG or PNG: of what bench has measured, which {@link
 * dev.rwkv.cli.figure.Figures} writes, and of what is in a model, which are written one by one
 * through {@link dev.rwkv.cli.figure.FigureFile}. Start with {@link
 * dev.rwkv.cli.figure.TimeDecayFigure}.
 */
@NullMarked
package dev.rwkv.cli.figure;

import org.jspecify.annotations.NullMarked;

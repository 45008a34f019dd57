/**
 * Tests of everything that writes or transforms checkpoints. Start with {@code ConversionTest},
 * which holds our files against those of rwkv.cpp's own tools.
 */
@NullMarked
package dev.rwkv.checkpoint;

import org.jspecify.annotations.NullMarked;

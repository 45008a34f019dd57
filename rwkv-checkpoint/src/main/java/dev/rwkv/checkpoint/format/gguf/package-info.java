/**
 * The place of a reader for llama.cpp's GGUF: {@link dev.rwkv.checkpoint.format.gguf.GgufFormat}
 * recognises such a file and says why it cannot be used yet.
 */
@NullMarked
package dev.rwkv.checkpoint.format.gguf;

import org.jspecify.annotations.NullMarked;

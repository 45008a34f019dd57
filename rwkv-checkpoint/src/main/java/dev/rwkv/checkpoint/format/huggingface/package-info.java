/**
 * Folders as Hugging Face's transformers saves them: a {@code config.json} beside weights in one or
 * several files of the other formats. Start with {@link
 * dev.rwkv.checkpoint.format.huggingface.HuggingFaceFormat}.
 */
@NullMarked
package dev.rwkv.checkpoint.format.huggingface;

import org.jspecify.annotations.NullMarked;

/**
 * What the readers of all formats share: mapping a file, and collecting its tensors into a checked
 * {@link dev.rwkv.tensor.Checkpoint}. A format lives in its own package below this one; a new one
 * extends {@link dev.rwkv.checkpoint.format.FileFormat} and is named in {@code module-info} and in
 * {@code META-INF/services}. Start with {@link dev.rwkv.checkpoint.format.CheckpointBuilder}.
 */
@NullMarked
package dev.rwkv.checkpoint.format;

import org.jspecify.annotations.NullMarked;

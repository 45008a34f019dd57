/**
 * The safetensors format: a length, a JSON header, raw tensors. Start with {@link
 * dev.rwkv.checkpoint.format.safetensors.SafetensorsFormat}; what a header may say is checked in
 * {@link dev.rwkv.checkpoint.format.safetensors.SafetensorsHeader}.
 */
@NullMarked
package dev.rwkv.checkpoint.format.safetensors;

import org.jspecify.annotations.NullMarked;

/**
 * PyTorch's {@code .pth}: {@link dev.rwkv.checkpoint.format.pth.ZipPthFormat} for the zip container
 * of today and {@link dev.rwkv.checkpoint.format.pth.LegacyPthFormat} for the one before it.
 *
 * <p>Both keep their directory in a pickle, a program that may name any function. {@link
 * dev.rwkv.checkpoint.format.pth.TorchUnpickler} knows the few instructions and names that a state
 * dict of tensors needs, and refuses all others by name; {@link
 * dev.rwkv.checkpoint.format.pth.StateDict} checks what came out. Start with the unpickler.
 */
@NullMarked
package dev.rwkv.checkpoint.format.pth;

import org.jspecify.annotations.NullMarked;

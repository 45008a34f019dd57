/**
 * The kernels: one equation of RWKV-4 a file, with the Vector API, for any vector width.
 *
 * <p>Every kernel is an interface and a nested template. {@link
 * dev.rwkv.vector.kernel.KernelSpec#define} makes one class of a template per vector width (and,
 * for {@link dev.rwkv.vector.kernel.PanelKernel}, per storage format), so that both are constants
 * to the compiler. The same lanes are added in the same order whatever the width: results have the
 * same bits. Arrays are padded with zeros to whole panels, so that no kernel has a remainder.
 *
 * <p>Start with {@link dev.rwkv.vector.kernel.PanelKernel}, which does nearly all the work. Weights
 * lie as {@link dev.rwkv.vector.kernel.PanelFormat} says.
 */
@NullMarked
package dev.rwkv.vector.kernel;

import org.jspecify.annotations.NullMarked;

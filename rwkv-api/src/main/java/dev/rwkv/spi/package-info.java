/**
 * What those who extend the SDK implement: a backend, or a reader of a checkpoint format.
 *
 * <p>A backend is a {@link dev.rwkv.spi.BackendProvider} that {@link java.util.ServiceLoader}
 * finds. Extend {@link dev.rwkv.spi.AbstractModel} and {@link dev.rwkv.spi.AbstractSession} and the
 * contract (checked tokens, foreign states, closing while a step runs, one thread at a time) is
 * kept for you; what remains is the arithmetic.
 */
@NullMarked
package dev.rwkv.spi;

import org.jspecify.annotations.NullMarked;

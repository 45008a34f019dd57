/**
 * The backend under test, seen through the public API alone: its state may live on a device or in a
 * foreign runtime.
 *
 * <p>Start with {@link dev.rwkv.conformance.subject.Subject}, which loads {@link
 * dev.rwkv.conformance.subject.LoadedModel}s: a model of the backend together with the oracle of
 * exactly the weights that it holds.
 */
@NullMarked
package dev.rwkv.conformance.subject;

import org.jspecify.annotations.NullMarked;

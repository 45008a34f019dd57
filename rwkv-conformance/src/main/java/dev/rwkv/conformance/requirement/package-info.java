/**
 * What a backend has to do: the requirements, read from {@code requirements.json}, which is their
 * only source.
 *
 * <p>Start with {@link dev.rwkv.conformance.requirement.Requirement}. To add one, write it into
 * {@code requirements.json} and write a test for it in {@code dev.rwkv.conformance.property} that
 * names it with {@link dev.rwkv.conformance.property.Verifies}; the build fails while either is
 * without the other, and until {@code docs/requirements.md} was generated anew.
 */
@NullMarked
package dev.rwkv.conformance.requirement;

import org.jspecify.annotations.NullMarked;

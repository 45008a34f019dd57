/**
 * The tests: one class for each area, jqwik properties and examples, each naming the requirement
 * that it {@linkplain dev.rwkv.conformance.property.Verifies verifies}.
 *
 * <p>Start with {@link dev.rwkv.conformance.property.StepProperties}. A test method takes what it
 * needs as parameters: the {@link dev.rwkv.conformance.subject.Subject}, the {@link
 * dev.rwkv.conformance.tolerance.Judge} that compares numbers, and cases by {@code @ForAll(supplier
 * = …)} from {@code dev.rwkv.conformance.generator}. It reaches the backend through the public API
 * alone, and fails with a {@link dev.rwkv.conformance.tolerance.Violation} whose one line says
 * where, what came and what was expected; whatever else is thrown counts as thrown by the backend.
 * {@code tries} are those of the full tier. Classes are found by looking through this package:
 * there is no list to add to.
 */
@NullMarked
package dev.rwkv.conformance.property;

import org.jspecify.annotations.NullMarked;

/**
 * The cases that properties are tried on: models, texts, operands of WKV, and where a text is cut.
 *
 * <p>Start with {@link dev.rwkv.conformance.generator.ModelCase}. A case is a small record of
 * sizes, seeds and edits: it shrinks quickly, and what it prints is all that is needed to make it
 * again. Each distribution is an {@link net.jqwik.api.ArbitrarySupplier}, so that a property says
 * which one it takes: {@code @ForAll(supplier = SmallModels.class)}. To add a distribution, add a
 * supplier; to make weights that no {@link dev.rwkv.conformance.generator.Edit} makes, add a kind
 * of edit.
 */
@NullMarked
package dev.rwkv.conformance.generator;

import org.jspecify.annotations.NullMarked;

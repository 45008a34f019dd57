/**
 * How well a model predicts text: {@link dev.rwkv.text.evaluation.Perplexity} of any text, and
 * {@link dev.rwkv.text.evaluation.Lambada}'s last words.
 */
@NullMarked
package dev.rwkv.text.evaluation;

import org.jspecify.annotations.NullMarked;

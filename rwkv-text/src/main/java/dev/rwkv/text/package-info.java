/**
 * From tokens to text: tokenizers, sampling, generation and chat over any model.
 *
 * <pre>{@code
 * TextGenerator text = TextGenerator.of(model);   // tokenizer beside the model or by vocabulary
 * text.stream("Once upon a time", Sampling.topP(0.9).seed(7)).limit(100).forEach(System.out::print);
 * }</pre>
 *
 * <p>Start with {@link dev.rwkv.text.TextGenerator}. A token's way is: {@link
 * dev.rwkv.text.Tokenizer} (text to ids), the session, {@link dev.rwkv.text.Sampler} (logits to the
 * next id), {@link dev.rwkv.text.Tokenizer#bytes} (id to bytes), {@link dev.rwkv.text.TextStream}
 * (bytes to whole characters, watching for stop texts). {@link dev.rwkv.text.Generation} is the
 * loop around them, {@link dev.rwkv.text.Chat} the conversation on top.
 */
@NullMarked
package dev.rwkv.text;

import org.jspecify.annotations.NullMarked;

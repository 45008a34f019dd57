/**
 * Run an RWKV language model: open one, make a session, feed it tokens, read logits.
 *
 * <pre>{@code
 * try (Model model = Rwkv.open(Path.of("RWKV-4-Pile-169M.pth"));
 *     Session session = model.newSession()) {
 *   Logits logits = session.prefill(prompt);   // parallel form
 *   State saved = session.snapshot();          // a value, portable between backends
 *   logits = session.step(logits.argmax());    // recurrent form
 *   session.restore(saved);
 * }
 * }</pre>
 *
 * <p>Start with {@link dev.rwkv.Rwkv}. Nothing here knows one architecture: a state is what its
 * {@link dev.rwkv.StateLayout} declares.
 */
@NullMarked
package dev.rwkv;

import org.jspecify.annotations.NullMarked;

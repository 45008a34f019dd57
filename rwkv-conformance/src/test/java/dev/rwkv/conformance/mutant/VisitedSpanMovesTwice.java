package dev.rwkv.conformance.mutant;

import dev.rwkv.Session;

/** A pass for the logits and one for the state. */
@Breaks(value = "RWKV-SPN-003", how = "consumes the last token of a span with a visitor twice")
public final class VisitedSpanMovesTwice extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public void prefill(int[] tokens, LogitsVisitor visitor) {

        super.prefill(tokens, visitor);
        if (tokens.length > 0) {
          super.step(tokens[tokens.length - 1]);
        }
      }
    };
  }
}

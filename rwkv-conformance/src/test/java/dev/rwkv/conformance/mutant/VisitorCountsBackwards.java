package dev.rwkv.conformance.mutant;

import dev.rwkv.Session;

/** The last row first. */
@Breaks(value = "RWKV-SPN-002", how = "numbers the tokens of a span from its end for the visitor")
public final class VisitorCountsBackwards extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public void prefill(int[] tokens, LogitsVisitor visitor) {

        super.prefill(tokens, (index, logits) -> visitor.visit(tokens.length - 1 - index, logits));
      }
    };
  }
}

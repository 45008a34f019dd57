package dev.rwkv.conformance.mutant;

import dev.rwkv.Session;

/** The last logits are somebody else's. */
@Breaks(value = "RWKV-SPN-002", how = "does not show the visitor the logits after the last token")
public final class VisitorMissesTheLast extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public void prefill(int[] tokens, LogitsVisitor visitor) {

        super.prefill(
            tokens,
            (index, logits) -> {
              if (index < tokens.length - 1) {
                visitor.visit(index, logits);
              }
            });
      }
    };
  }
}

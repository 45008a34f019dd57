package dev.rwkv.conformance.mutant;

import dev.rwkv.Session;

/** Errors that are nobody's. */
@Breaks(value = "RWKV-SES-009", how = "swallows what a visitor throws")
public final class VisitorsExceptionLost extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public void prefill(int[] tokens, LogitsVisitor visitor) {

        super.prefill(
            tokens,
            (index, logits) -> {
              try {
                visitor.visit(index, logits);
              } catch (RuntimeException e) {
                failures++;
              }
            });
      }

      @Override
      public String toString() {
        return honest + " with " + failures + " failures";
      }

      private int failures;
    };
  }
}

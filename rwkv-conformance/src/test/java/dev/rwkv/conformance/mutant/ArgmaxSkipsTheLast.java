package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Session;

/** A loop that ends one too early. */
@Breaks(value = "RWKV-SES-005", how = "does not look at the last token for the largest logit")
public final class ArgmaxSkipsTheLast extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public Logits step(int token) {
        return shown(super.step(token));
      }

      @Override
      public Logits prefill(int... tokens) {
        return shown(super.prefill(tokens));
      }

      @Override
      public Logits logits() {
        return shown(super.logits());
      }
    };
  }

  private static Logits shown(Logits logits) {
    return new FixedLogits(logits.toFloats()) {
      @Override
      public int argmax() {
        int best = 0;
        for (int i = 1; i < size() - 1; i++) {
          best = get(i) > get(best) ? i : best;
        }
        return best;
      }
    };
  }
}

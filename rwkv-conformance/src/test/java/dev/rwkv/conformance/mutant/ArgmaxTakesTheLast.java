package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Session;

/** A comparison with an equals sign too many. */
@Breaks(value = "RWKV-SES-005", how = "takes the last of equal logits for the largest")
public final class ArgmaxTakesTheLast extends HonestBackend {
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
        for (int i = 1; i < size(); i++) {
          best = get(i) >= get(best) ? i : best;
        }
        return best;
      }
    };
  }
}

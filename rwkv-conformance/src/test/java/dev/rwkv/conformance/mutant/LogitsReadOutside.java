package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Session;

/** An array with room at its end. */
@Breaks(value = "RWKV-SES-005", how = "gives 0 for the logit of a token that there is not")
public final class LogitsReadOutside extends HonestBackend {
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
      public double get(int token) {
        return token < 0 || token >= size() ? 0 : super.get(token);
      }
    };
  }
}

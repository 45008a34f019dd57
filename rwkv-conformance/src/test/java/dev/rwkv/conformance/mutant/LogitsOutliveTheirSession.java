package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Session;
import dev.rwkv.tensor.DType;

/** A copy for every step. */
@Breaks(value = "RWKV-SES-010", how = "lets logits be read after their session was closed")
public final class LogitsOutliveTheirSession extends HonestBackend {
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
      public DType dtype() {
        return DType.F32;
      }
    };
  }
}

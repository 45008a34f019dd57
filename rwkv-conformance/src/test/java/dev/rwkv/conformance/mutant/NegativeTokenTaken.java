package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Session;
import java.util.Arrays;

/** One end of the range is not looked at. */
@Breaks(value = "RWKV-SES-001", how = "takes negative tokens for token 0")
public final class NegativeTokenTaken extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public Logits prefill(int... tokens) {
        return super.prefill(Arrays.stream(tokens).map(token -> Math.max(token, 0)).toArray());
      }
    };
  }
}

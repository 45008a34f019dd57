package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Session;
import dev.rwkv.error.InvalidArgumentException;

/** What the array happened to throw. */
@Breaks(
    value = "RWKV-SES-001",
    how = "throws IndexOutOfBoundsException for a token outside the vocabulary")
public final class WrongExceptionType extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public Logits step(int token) {
        try {
          return super.step(token);
        } catch (InvalidArgumentException e) {
          throw new IndexOutOfBoundsException(e.getMessage());
        }
      }
    };
  }
}

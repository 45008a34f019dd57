package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.error.ClosedException;

/** Weights that are freed under a step, by who only thought of sessions. */
@Breaks(
    value = "RWKV-CON-003",
    how = "throws IllegalStateException where a step meets the close of its model",
    quick = true)
public final class ModelClosedUnderAStep extends HonestBackend {
  @Override
  protected Model model(Model honest) {
    return new ClosedModel(honest, this);
  }

  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      @Override
      public Logits step(int token) {
        try {
          return super.step(token);
        } catch (ClosedException e) {
          throw ((ClosedModel) model).closed ? new IllegalStateException("no weights", e) : e;
        }
      }
    };
  }

  private static final class ClosedModel extends RelayModel {
    private volatile boolean closed;

    ClosedModel(Model honest, HonestBackend backend) {
      super(honest, backend);
    }

    @Override
    public void close() {
      closed = true;
      super.close();
    }
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Session;
import dev.rwkv.State;
import org.jspecify.annotations.Nullable;

/** No copy, for speed. */
@Breaks(value = "RWKV-STA-008", how = "writes later states into the one that was restored")
public final class RestoredStateAdopted extends HonestBackend {
  @Override
  protected Session session(Session honest, RelayModel model) {
    return new RelaySession(honest, model) {
      private @Nullable State adopted;

      @Override
      public void restore(State state) {
        super.restore(state);
        adopted = state;
      }

      @Override
      public Logits step(int token) {
        Logits logits = super.step(token);
        if (adopted != null) {
          overwrite(adopted, snapshot());
        }
        return logits;
      }

      @Override
      public Logits prefill(int... tokens) {
        Logits logits = super.prefill(tokens);
        if (adopted != null) {
          overwrite(adopted, snapshot());
        }
        return logits;
      }
    };
  }

  // The public API copies always: only reflection, or a backend in the SDK's own package, can err.
  private static void overwrite(State state, State now) {
    try {
      var data = State.class.getDeclaredField("data");
      data.setAccessible(true);
      data.set(state, now.data());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the data of State", e);
    }
  }
}

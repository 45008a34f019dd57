package dev.rwkv;

import dev.rwkv.error.ClosedException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.error.UnsupportedCapabilityException;
import dev.rwkv.spi.Capability;
import dev.rwkv.tensor.DType;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Loaded weights that sessions run on.
 *
 * <p>Immutable and safe for any number of threads. Closing it ends all its sessions: a step that is
 * running finishes, everything later throws {@link ClosedException}, and the weights are let go
 * when the last step is done.
 */
public interface Model extends AutoCloseable {

  /** The architecture and its sizes. */
  ModelConfig config();

  /** What a state of this model consists of. */
  StateLayout stateLayout();

  /** What ties states to this model. */
  Fingerprint fingerprint();

  /** The file or folder that the weights come from. */
  Path source();

  /** The name of the backend. */
  String backend();

  /** Where the arithmetic is really done; a fall-back to another device would show here. */
  Device device();

  /** What the backend can do with this model. */
  Set<Capability> capabilities();

  /** The type that the weights are held in; {@link DType#F64} is never held, only computed in. */
  DType precision();

  /**
   * How many bytes of weights a step reads, for tools that compare speed with memory bandwidth.
   *
   * @return a value of this moment: steps change the share of zeros; empty if the backend does not
   *     know
   */
  default Optional<WeightTraffic> weightTraffic() {
    return Optional.empty();
  }

  /** A new session at the start of a text. The caller closes it. */
  Session newSession();

  /** A new session that continues from a state. The caller closes it. */
  default Session newSession(State state) {
    Session session = newSession();
    try {
      session.restore(state);
      return session;
    } catch (RuntimeException | Error e) {
      session.close();
      throw e;
    }
  }

  /**
   * Steps many sessions by one token each, in one pass over the weights. Each session's logits are
   * then in its {@link Session#logits()}; each ends as if it had been stepped alone. Sessions may
   * join and leave between calls.
   *
   * @param sessions distinct open sessions of this model, at least one
   * @param tokens as many tokens as sessions; {@code tokens[i]} goes to {@code sessions[i]}
   * @throws UnsupportedCapabilityException unless {@link Capability#BATCH} is declared
   * @throws InvalidArgumentException for a foreign or repeated session, a wrong token or length; no
   *     session has moved then
   */
  void step(Session[] sessions, int[] tokens);

  /** Lets the weights go. Closing again does nothing. */
  @Override
  void close();
}

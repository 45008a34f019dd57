package dev.rwkv.spi;

import dev.rwkv.Device;
import dev.rwkv.Fingerprint;
import dev.rwkv.Model;
import dev.rwkv.ModelConfig;
import dev.rwkv.Session;
import dev.rwkv.StateLayout;
import dev.rwkv.error.ConcurrentUseException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.error.NonFiniteException;
import dev.rwkv.error.UnsupportedCapabilityException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.nio.file.Path;
import java.util.Set;

/**
 * Keeps the contract of {@link Model} for a backend: closing, checks of batches, and the checkpoint
 * that it owns.
 *
 * <p>A subclass makes sessions, releases what it holds, and steps batches if it declares {@link
 * Capability#BATCH}.
 */
public abstract class AbstractModel implements Model {
  private final String backend;
  private final Set<Capability> capabilities;
  private final Checkpoint checkpoint;
  private final Path source;
  private final Fingerprint fingerprint;
  private final ModelConfig config;
  private final StateLayout stateLayout;
  private final ResourceGate gate;

  /**
   * A model that owns {@code checkpoint} from now on.
   *
   * @param backend the provider's name
   * @param capabilities what this model can do
   */
  protected AbstractModel(
      String backend,
      Set<Capability> capabilities,
      Checkpoint checkpoint,
      ModelConfig config,
      StateLayout stateLayout) {
    this.backend = backend;
    this.capabilities = Set.copyOf(capabilities);
    this.checkpoint = checkpoint;
    this.source = checkpoint.source();
    this.fingerprint = checkpoint.fingerprint();
    this.config = config;
    this.stateLayout = stateLayout;
    this.gate =
        new ResourceGate(
            "the model " + source,
            () -> {
              try {
                release();
              } finally {
                checkpoint.close();
              }
            });
  }

  /** Makes a session at the start of a text. */
  protected abstract AbstractSession createSession();

  /** Frees what the subclass holds. Runs once, when no step is running any more. */
  protected abstract void release();

  /**
   * Steps a batch: for each i, consume {@code tokens[i]} in {@code sessions[i]} and fill its
   * logits. All arguments were checked. Called only when {@link Capability#BATCH} is declared.
   */
  protected void advance(Session[] sessions, int[] tokens) {
    throw new UnsupportedCapabilityException(backend, Capability.BATCH);
  }

  @Override
  public final void step(Session[] sessions, int[] tokens) {
    if (!capabilities.contains(Capability.BATCH)) {
      throw new UnsupportedCapabilityException(backend, Capability.BATCH);
    }
    // Copies, because the caller may change his arrays while we compute.
    Session[] batch = Arguments.given("sessions", sessions).clone();
    int[] checked = Arguments.given("tokens", tokens).clone();
    checkBatch(batch, checked);
    int entered = 0;
    try {
      for (; entered < batch.length; entered++) {
        enterBatched(batch[entered], entered);
      }
      for (Session session : batch) {
        ((AbstractSession) session).forgetLogits();
      }
      advance(batch, checked);
      checkLogits(batch);
    } finally {
      for (int i = 0; i < entered; i++) {
        ((AbstractSession) batch[i]).leave();
      }
    }
  }

  private void checkBatch(Session[] sessions, int[] tokens) {
    if (sessions.length == 0) {
      throw new InvalidArgumentException("sessions", "the batch is empty");
    }
    if (sessions.length != tokens.length) {
      throw new InvalidArgumentException(
          "tokens", tokens.length + " tokens for " + sessions.length + " sessions");
    }
    for (int i = 0; i < sessions.length; i++) {
      if (!(sessions[i] instanceof AbstractSession session) || !session.model().equals(this)) {
        throw new InvalidArgumentException(
            "sessions[" + i + "]", "not a session of the model " + source);
      }
      checkToken("tokens[" + i + "]", tokens[i]);
    }
  }

  // All sessions have moved: each gets its logits, then the first that failed is reported. Finding
  // the weight to blame reads all weights, so that is done once.
  private void checkLogits(Session[] sessions) {
    int spoiled = -1;
    int logit = -1;
    for (int i = 0; i < sessions.length; i++) {
      int bad = ((AbstractSession) sessions[i]).acceptLogits();
      if (bad >= 0 && spoiled < 0) {
        spoiled = i;
        logit = bad;
      }
    }
    if (spoiled >= 0) {
      throw nonFinite("in sessions[" + spoiled + "] ", logit);
    }
  }

  final NonFiniteException nonFinite(String where, int logit) {
    return new NonFiniteException(
        logit, where + "the logit of token " + logit + " is not finite: " + nonFiniteWeight());
  }

  private static void enterBatched(Session session, int index) {
    try {
      ((AbstractSession) session).enter();
    } catch (ConcurrentUseException e) {
      throw new InvalidArgumentException(
          "sessions[" + index + "]", "it is in the batch twice, or in use by another thread");
    }
  }

  /**
   * Checks a token id.
   *
   * @throws InvalidArgumentException if it is not in [0, vocabulary)
   */
  final void checkToken(String argument, int token) {
    if (token < 0 || token >= config.vocabulary()) {
      throw new InvalidArgumentException(
          argument,
          token + " is not in the vocabulary: token ids are 0 to " + (config.vocabulary() - 1));
    }
  }

  final ResourceGate gate() {
    return gate;
  }

  // Which weight is not finite, as a sentence. Reads all weights.
  private String nonFiniteWeight() {
    return checkpoint
        .firstNonFinite()
        .map(finding -> finding + " in " + source)
        .orElse(
            "every weight in " + source + " is finite, so the state or the arithmetic overflowed");
  }

  @Override
  public final Session newSession() {
    gate.enter();
    try {
      return createSession();
    } finally {
      gate.leave();
    }
  }

  @Override
  public final ModelConfig config() {
    return config;
  }

  @Override
  public final StateLayout stateLayout() {
    return stateLayout;
  }

  @Override
  public final Fingerprint fingerprint() {
    return fingerprint;
  }

  @Override
  public final Path source() {
    return source;
  }

  @Override
  public final String backend() {
    return backend;
  }

  @Override
  public final Set<Capability> capabilities() {
    return capabilities;
  }

  @Override
  public final void close() {
    gate.close();
  }

  /** Says what it is, for logs. */
  @Override
  public String toString() {
    return config + " from " + source + " on backend '" + backend + "'";
  }

  /** The device that does the arithmetic, asked at any time. */
  @Override
  public abstract Device device();

  /** The type that the matrices are held in. */
  @Override
  public abstract DType precision();
}

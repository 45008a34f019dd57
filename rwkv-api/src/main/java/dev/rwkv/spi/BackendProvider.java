package dev.rwkv.spi;

import dev.rwkv.Model;
import dev.rwkv.error.BackendException;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * One way of running models, found by {@link java.util.ServiceLoader}. Making one costs nothing:
 * native code is loaded by {@link #load}, never earlier. Safe for any thread.
 */
public interface BackendProvider {

  /** A short name in lower case that users select it by: {@code vector}, {@code cuda}. */
  String name();

  /** Whether it can be used on this machine, or why not. Never throws, loads no native code. */
  Availability availability();

  /** What it can do. Declared means tested; asking for the rest throws. */
  Set<Capability> capabilities();

  /**
   * How exact its arithmetic is: f32 with an exponential within 2 ulp, unless it says otherwise.
   * With {@link Capability#REDUCED_ACTIVATIONS} it must say in which type they are held.
   */
  default Arithmetic arithmetic() {
    return Arithmetic.F32;
  }

  /**
   * Bytes that its models and sessions hold now in the memory of devices, which nobody sees from
   * outside. Whoever computes on a device should tell, so that what is lost there is found. The
   * driver's count for the whole device is good enough where nothing else uses the device: what
   * others take would count as lost.
   *
   * <p>Asked for on any thread, one that has never called the backend among them, at any time:
   * while models and sessions are open, and before the first {@link #load}, when the answer is 0
   * and no native code is loaded for it. Never throws.
   *
   * @return at least 0; always empty if it computes in the memory of the host, or cannot tell
   */
  default OptionalLong deviceBytesInUse() {
    return OptionalLong.empty();
  }

  /** Automatic choice takes the usable backend of the highest rank; the oracle has 0. */
  int rank();

  /**
   * Whether it can run this model with these options, or why not. Looks at names, shapes and types,
   * not at weights. Never throws.
   */
  Availability canLoad(Checkpoint checkpoint, LoadOptions options);

  /**
   * Loads a model. On return the model owns the checkpoint and closes it; when this throws, the
   * caller still owns it.
   *
   * @throws CheckpointException if the tensors are not those of a model that it can run
   * @throws BackendException if the device or the options refuse
   */
  Model load(Checkpoint checkpoint, LoadOptions options);

  /**
   * One operator alone, so that it can be tested alone: {@code operator(Wkv4Operator.class)}.
   *
   * @return the operator, or empty if the backend does not offer it
   */
  default <O> Optional<O> operator(Class<O> type) {
    return Optional.empty();
  }
}

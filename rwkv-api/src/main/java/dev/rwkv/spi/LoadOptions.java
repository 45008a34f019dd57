package dev.rwkv.spi;

import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.DType;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** How a model is to be loaded. Immutable. */
public final class LoadOptions {
  /** More threads than this are a mistake, not a wish. */
  public static final int MAX_THREADS = 1024;

  private static final LoadOptions DEFAULTS = new LoadOptions(null, 0, null, false);

  private final @Nullable DType precision;
  private final int threads;
  private final @Nullable String device;
  private final boolean dense;

  private LoadOptions(
      @Nullable DType precision, int threads, @Nullable String device, boolean dense) {
    this.precision = precision;
    this.threads = threads;
    this.device = device;
    this.dense = dense;
  }

  /** Weights as stored, as many threads as the backend likes, its first device. */
  public static LoadOptions defaults() {
    return DEFAULTS;
  }

  /** Hold the matrices in this precision. */
  public LoadOptions withPrecision(DType newPrecision) {
    return new LoadOptions(newPrecision, threads, device, dense);
  }

  /**
   * Use at most this many threads.
   *
   * @throws InvalidArgumentException if it is not in [1, {@value #MAX_THREADS}]
   */
  public LoadOptions withThreads(int newThreads) {
    if (newThreads < 1 || newThreads > MAX_THREADS) {
      throw new InvalidArgumentException(
          "threads", newThreads + " is not between 1 and " + MAX_THREADS);
    }
    return new LoadOptions(precision, newThreads, device, dense);
  }

  /** Use this device, in the backend's own naming. */
  public LoadOptions withDevice(String newDevice) {
    return new LoadOptions(precision, threads, newDevice, dense);
  }

  /**
   * Read every weight, also those that an activation of zero makes superfluous: for measuring. It
   * changes no result; a backend that skips no weights may ignore it.
   */
  public LoadOptions withDense(boolean newDense) {
    return new LoadOptions(precision, threads, device, newDense);
  }

  /** The precision to hold the matrices in; empty means as stored. */
  public Optional<DType> precision() {
    return Optional.ofNullable(precision);
  }

  /** The most threads to use; empty means that the backend decides. */
  public OptionalInt threads() {
    return threads == 0 ? OptionalInt.empty() : OptionalInt.of(threads);
  }

  /** The device to use; empty means the backend's first. */
  public Optional<String> device() {
    return Optional.ofNullable(device);
  }

  /** Whether every weight is to be read although an activation is zero. */
  public boolean dense() {
    return dense;
  }
}

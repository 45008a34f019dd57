package com.example.plain;

import dev.rwkv.Model;
import dev.rwkv.checkpoint.Requantised;
import dev.rwkv.checkpoint.architecture.Rwkv4;
import dev.rwkv.error.BackendException;
import dev.rwkv.error.RwkvException;
import dev.rwkv.spi.Availability;
import dev.rwkv.spi.BackendProvider;
import dev.rwkv.spi.Capability;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import java.util.Optional;
import java.util.Set;

/** RWKV-4 in plain float32 Java, on one thread. */
public final class PlainBackend implements BackendProvider {
  static final String NAME = "plain";

  /** For ServiceLoader. */
  public PlainBackend() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Availability availability() {
    return Availability.usable();
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of();
  }

  @Override
  public int rank() {
    return -1; // never chosen by itself: the reference has 0
  }

  @Override
  public Availability canLoad(Checkpoint checkpoint, LoadOptions options) {
    return refusal(checkpoint, options).map(Availability::because).orElseGet(Availability::usable);
  }

  private static Optional<String> refusal(Checkpoint checkpoint, LoadOptions options) {
    String device = options.device().orElse("cpu");
    if (!device.equals("cpu")) {
      return Optional.of("there is no device '" + device + "': it has only 'cpu'");
    }
    try {
      Rwkv4.INSTANCE.config(checkpoint); // names, shapes, types
      options.precision().ifPresent(precision -> Requantised.check(checkpoint, precision));
      return Optional.empty();
    } catch (RwkvException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Model load(Checkpoint checkpoint, LoadOptions options) {
    Rwkv4.INSTANCE.config(checkpoint);
    Optional<String> refusal = refusal(checkpoint, options);
    if (refusal.isPresent()) {
      throw new BackendException("backend '" + NAME + "' cannot load: " + refusal.get());
    }
    return Requantised.load(checkpoint, options, PlainModel::new);
  }
}

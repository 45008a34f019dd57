package dev.rwkv;

import dev.rwkv.error.BackendException;
import dev.rwkv.spi.Availability;
import dev.rwkv.spi.BackendProvider;
import dev.rwkv.spi.Capability;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.util.Set;

/** Runs {@link FakeModel}, and refuses one thread. */
public final class FakeProvider implements BackendProvider {
  /** For {@link java.util.ServiceLoader}. */
  public FakeProvider() {}

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public Availability availability() {
    return Availability.usable();
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.BATCH);
  }

  @Override
  public int rank() {
    return 5;
  }

  @Override
  public Availability canLoad(Checkpoint checkpoint, LoadOptions options) {
    return options.threads().orElse(2) == 1
        ? Availability.because("it needs company")
        : Availability.usable();
  }

  @Override
  public Model load(Checkpoint checkpoint, LoadOptions options) {
    if (options.precision().isPresent()) {
      throw new BackendException("fakes have no precision");
    }
    return new FakeModel((FakeCheckpoint) checkpoint, DType.F32, capabilities());
  }
}

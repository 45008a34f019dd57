package dev.rwkv.conformance.mutant;

import dev.rwkv.Device;
import dev.rwkv.Fingerprint;
import dev.rwkv.Model;
import dev.rwkv.ModelConfig;
import dev.rwkv.Session;
import dev.rwkv.StateLayout;
import dev.rwkv.spi.Capability;
import dev.rwkv.tensor.DType;
import java.nio.file.Path;
import java.util.Set;

/** Passes everything on to an honest model: what mutants of the contract override. */
class RelayModel implements Model {
  protected final Model honest;
  private final HonestBackend backend;

  RelayModel(Model honest, HonestBackend backend) {
    this.honest = honest;
    this.backend = backend;
  }

  final Session relay(Session session) {
    return backend.session(session, this);
  }

  @Override
  public ModelConfig config() {
    return honest.config();
  }

  @Override
  public StateLayout stateLayout() {
    return honest.stateLayout();
  }

  @Override
  public Fingerprint fingerprint() {
    return honest.fingerprint();
  }

  @Override
  public Path source() {
    return honest.source();
  }

  @Override
  public String backend() {
    return honest.backend();
  }

  @Override
  public Device device() {
    return honest.device();
  }

  @Override
  public Set<Capability> capabilities() {
    return honest.capabilities();
  }

  @Override
  public DType precision() {
    return honest.precision();
  }

  @Override
  public Session newSession() {
    return relay(honest.newSession());
  }

  @Override
  public void step(Session[] sessions, int[] tokens) {
    Session[] unwrapped = sessions == null ? null : sessions.clone();
    for (int i = 0; unwrapped != null && i < unwrapped.length; i++) {
      unwrapped[i] = unwrapped[i] instanceof RelaySession relay ? relay.honest : unwrapped[i];
    }
    honest.step(unwrapped, tokens);
  }

  @Override
  public void close() {
    honest.close();
  }
}

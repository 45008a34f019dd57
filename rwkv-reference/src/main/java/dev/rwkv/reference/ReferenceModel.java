package dev.rwkv.reference;

import dev.rwkv.Device;
import dev.rwkv.Session;
import dev.rwkv.StateLayout;
import dev.rwkv.checkpoint.architecture.Rwkv4Weights;
import dev.rwkv.spi.AbstractModel;
import dev.rwkv.spi.AbstractSession;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;

/** A model that the oracle runs. Its matrices stay in the mapped file. */
final class ReferenceModel extends AbstractModel {
  private final Network network;
  private final DType precision;

  ReferenceModel(Checkpoint checkpoint, Rwkv4Weights weights, StateLayout layout) {
    super(
        ReferenceProvider.NAME,
        ReferenceProvider.CAPABILITIES,
        checkpoint,
        weights.config(),
        layout);
    this.network = new Network(weights);
    this.precision = weights.layers().getFirst().timeMix().key().dtype();
  }

  Network network() {
    return network;
  }

  @Override
  protected AbstractSession createSession() {
    return new ReferenceSession(this);
  }

  // One after the other: each is bit for bit what it would be alone.
  @Override
  protected void advance(Session[] sessions, int[] tokens) {
    for (int i = 0; i < sessions.length; i++) {
      ((ReferenceSession) sessions[i]).advance(tokens[i]);
    }
  }

  @Override
  protected void release() {
    // Nothing is held beside the checkpoint.
  }

  @Override
  public Device device() {
    return new Device(Device.Kind.CPU, System.getProperty("os.arch") + ", double precision", 1);
  }

  @Override
  public DType precision() {
    return precision;
  }
}

package com.example.plain;

import dev.rwkv.Device;
import dev.rwkv.checkpoint.architecture.Rwkv4;
import dev.rwkv.checkpoint.architecture.Rwkv4Weights;
import dev.rwkv.spi.AbstractModel;
import dev.rwkv.spi.AbstractSession;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The weights as float arrays. Immutable, so that any number of sessions may share them. */
final class PlainModel extends AbstractModel {
  final Matrix embedding;
  final LayerNorm embeddingNorm;
  final List<Block> blocks = new ArrayList<>();
  final LayerNorm outputNorm;
  final Matrix head;
  private final DType precision;

  PlainModel(Checkpoint checkpoint) {
    this(checkpoint, Rwkv4Weights.of(checkpoint));
  }

  private PlainModel(Checkpoint checkpoint, Rwkv4Weights weights) {
    super(
        PlainBackend.NAME,
        Set.of(),
        checkpoint,
        weights.config(),
        Rwkv4.INSTANCE.stateLayout(weights.config()));
    double epsilon = config().layerNormEpsilon();
    embedding = Matrix.of(weights.embedding());
    embeddingNorm = LayerNorm.of(weights.embeddingNorm(), epsilon);
    for (Rwkv4Weights.Layer layer : weights.layers()) {
      blocks.add(new Block(layer, blocks.size(), stateLayout(), epsilon));
    }
    outputNorm = LayerNorm.of(weights.outputNorm(), epsilon);
    head = Matrix.of(weights.head());
    precision = weights.layers().getFirst().timeMix().key().dtype();
  }

  @Override
  protected AbstractSession createSession() {
    return new PlainSession(this);
  }

  @Override
  protected void release() {
    // Everything is on the heap.
  }

  @Override
  public Device device() {
    return new Device(Device.Kind.CPU, "plain Java", 1);
  }

  @Override
  public DType precision() {
    return precision;
  }
}

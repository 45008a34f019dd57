/**
 * The stable face of the RWKV SDK: models, sessions, states, tensors, and the interfaces that a
 * backend or a checkpoint format implements. It depends on {@code java.base} alone.
 */
module dev.rwkv {
  requires static org.jspecify;

  exports dev.rwkv;
  exports dev.rwkv.error;
  exports dev.rwkv.spi;
  exports dev.rwkv.tensor;

  uses dev.rwkv.spi.BackendProvider;
  uses dev.rwkv.spi.CheckpointFormat;
}

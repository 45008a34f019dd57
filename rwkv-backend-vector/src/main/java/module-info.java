/** RWKV on the CPU in plain Java, with the Vector API. */
module dev.rwkv.vector {
  requires dev.rwkv.checkpoint;
  requires static jdk.incubator.vector;
  requires static org.jspecify;

  exports dev.rwkv.vector;

  provides dev.rwkv.spi.BackendProvider with
      dev.rwkv.vector.VectorProvider;
}

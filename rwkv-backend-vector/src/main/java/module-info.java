/** RWKV on the CPU in plain Java, with the Vector API. */
module dev.rwkv.vector {
  requires dev.rwkv.checkpoint;
  requires static jdk.incubator.vector;
  requires static org.jspecify;

  exports dev.rwkv.vector;
  // Training runs on the same kernels and threads.
  exports dev.rwkv.vector.kernel to
      dev.rwkv.train;
  exports dev.rwkv.vector.plan to
      dev.rwkv.train;

  provides dev.rwkv.spi.BackendProvider with
      dev.rwkv.vector.VectorProvider;
}

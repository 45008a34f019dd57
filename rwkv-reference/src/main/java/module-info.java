/**
 * The oracle: RWKV in double precision, one file per equation, with an error bound for every value.
 */
module dev.rwkv.reference {
  requires transitive dev.rwkv;
  requires dev.rwkv.checkpoint;
  requires static org.jspecify;

  exports dev.rwkv.reference;
  exports dev.rwkv.reference.gradient;

  provides dev.rwkv.spi.BackendProvider with
      dev.rwkv.reference.ReferenceProvider;
}

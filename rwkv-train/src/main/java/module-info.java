/** Trains RWKV models and tunes their states. */
module dev.rwkv.train {
  requires transitive dev.rwkv;
  requires dev.rwkv.checkpoint;
  requires dev.rwkv.text;
  requires dev.rwkv.vector;
  requires static org.jspecify;

  exports dev.rwkv.train;
}

/** Trains RWKV models and tunes their states. */
module dev.rwkv.train {
  requires transitive dev.rwkv;
  requires dev.rwkv.checkpoint;
  requires dev.rwkv.text;
  requires dev.rwkv.vector;
  requires static org.jspecify;
  requires tools.jackson.databind;
  requires tools.jackson.dataformat.toml;

  exports dev.rwkv.train;
}

/** Reads, checks, converts and quantises checkpoints of every format that RWKV models come in. */
module dev.rwkv.checkpoint {
  requires transitive dev.rwkv;
  requires static org.jspecify;
  requires org.apache.commons.compress;
  requires pickle;
  requires tools.jackson.databind;

  exports dev.rwkv.checkpoint;
  exports dev.rwkv.checkpoint.architecture;

  provides dev.rwkv.spi.CheckpointFormat with
      dev.rwkv.checkpoint.format.gguf.GgufFormat,
      dev.rwkv.checkpoint.format.huggingface.HuggingFaceFormat,
      dev.rwkv.checkpoint.format.pth.LegacyPthFormat,
      dev.rwkv.checkpoint.format.pth.ZipPthFormat,
      dev.rwkv.checkpoint.format.rwkvcpp.RwkvCppFormat,
      dev.rwkv.checkpoint.format.safetensors.SafetensorsFormat;
}

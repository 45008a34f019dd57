package dev.rwkv.checkpoint.format.gguf;

import dev.rwkv.checkpoint.format.CheckpointBuilder;
import dev.rwkv.checkpoint.format.FileFormat;
import dev.rwkv.error.CheckpointException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Recognises llama.cpp's GGUF, which holds RWKV-6 and RWKV-7 only, and refuses it. */
public final class GgufFormat extends FileFormat {
  /** {@code GGUF}. */
  private static final int MAGIC = 0x46554747;

  @Override
  public String name() {
    return "GGUF (not supported yet)";
  }

  @Override
  public boolean recognises(Path path, ByteBuffer head) {
    return head.limit() >= Integer.BYTES && head.getInt(0) == MAGIC;
  }

  @Override
  public void read(Path file, CheckpointBuilder builder) {
    throw new CheckpointException(
        file,
        "a GGUF file of llama.cpp, which is not supported yet: it holds RWKV-6 and RWKV-7 only;"
            + " use the model's .pth or .safetensors file");
  }
}

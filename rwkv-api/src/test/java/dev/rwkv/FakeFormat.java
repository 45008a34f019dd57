package dev.rwkv;

import dev.rwkv.spi.CheckpointFormat;
import dev.rwkv.tensor.Checkpoint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Files that begin with the word FAKE. */
public final class FakeFormat implements CheckpointFormat {
  /** For {@link java.util.ServiceLoader}. */
  public FakeFormat() {}

  /** The checkpoint that was opened last. */
  static FakeCheckpoint last = FakeModel.weights();

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public boolean recognises(Path path, ByteBuffer head) {
    byte[] start = new byte[Math.min(4, head.remaining())];
    head.get(start);
    return new String(start, StandardCharsets.US_ASCII).equals("FAKE");
  }

  @Override
  public Checkpoint open(Path path) {
    last = new FakeCheckpoint(path);
    FakeModel.weights().names().forEach(name -> last.with(FakeModel.weights().tensor(name)));
    return last;
  }
}

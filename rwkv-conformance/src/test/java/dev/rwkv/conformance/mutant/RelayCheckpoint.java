package dev.rwkv.conformance.mutant;

import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.TensorView;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** Passes everything on to a right checkpoint: what mutants of loading override. */
class RelayCheckpoint implements Checkpoint {
  private final Checkpoint right;

  RelayCheckpoint(Checkpoint right) {
    this.right = right;
  }

  @Override
  public Path source() {
    return right.source();
  }

  @Override
  public String format() {
    return right.format();
  }

  @Override
  public Set<String> names() {
    return right.names();
  }

  @Override
  public TensorView tensor(String name) {
    return right.tensor(name);
  }

  @Override
  public Map<String, String> metadata() {
    return right.metadata();
  }

  @Override
  public void close() {
    right.close();
  }
}

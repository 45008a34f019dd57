package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.spi.Availability;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;

/** What it does not know it does not see. */
@Breaks(value = "RWKV-CKP-004", how = "ignores tensors that belong to no RWKV-4")
public final class SurplusTensorsIgnored extends HonestBackend {
  private static final Pattern KNOWN =
      Pattern.compile("(emb|head|ln_out|blocks\\.[0-9]+\\.(ln0|ln1|ln2|att|ffn))\\..*");

  @Override
  public Availability canLoad(Checkpoint checkpoint, LoadOptions options) {
    return super.canLoad(known(checkpoint), options);
  }

  @Override
  public Model load(Checkpoint checkpoint, LoadOptions options) {
    return super.load(known(checkpoint), options);
  }

  private static Checkpoint known(Checkpoint checkpoint) {
    return new RelayCheckpoint(checkpoint) {
      @Override
      public Set<String> names() {
        Set<String> names = new LinkedHashSet<>(super.names());
        names.removeIf(name -> !KNOWN.matcher(name).matches() || name.startsWith("blocks.9"));
        return names;
      }
    };
  }
}

package dev.rwkv.conformance.mutant;

import dev.rwkv.Model;
import dev.rwkv.spi.Availability;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashSet;
import java.util.Set;

/** A default for what somebody once forgot to save. */
@Breaks(
    value = "RWKV-CKP-001",
    how = "takes zeros for one vector of the last block where it is missing",
    quick = true)
public final class MissingMixZeroed extends HonestBackend {
  private static final String MIX = "blocks.2.ffn.time_mix_r";
  private static final String LIKE_IT = "blocks.2.ffn.time_mix_k";

  @Override
  public Availability canLoad(Checkpoint checkpoint, LoadOptions options) {
    return super.canLoad(completed(checkpoint), options);
  }

  @Override
  public Model load(Checkpoint checkpoint, LoadOptions options) {
    return super.load(completed(checkpoint), options);
  }

  private static Checkpoint completed(Checkpoint given) {
    if (given.names().contains(MIX) || !given.names().contains(LIKE_IT)) {
      return given;
    }
    TensorView like = given.tensor(LIKE_IT);
    MemorySegment zeros =
        MemorySegment.ofArray(new byte[(int) DType.F32.bytes(like.shape().elements())]);
    TensorView mix = TensorView.of(MIX, DType.F32, like.shape(), zeros);
    return new RelayCheckpoint(given) {
      @Override
      public Set<String> names() {
        Set<String> names = new LinkedHashSet<>(super.names());
        names.add(MIX);
        return names;
      }

      @Override
      public TensorView tensor(String name) {
        return name.equals(MIX) ? mix : super.tensor(name);
      }
    };
  }
}

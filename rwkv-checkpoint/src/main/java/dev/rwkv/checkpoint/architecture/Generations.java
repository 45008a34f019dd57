package dev.rwkv.checkpoint.architecture;

import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Says what a checkpoint that cannot be run seems to be, by a tensor that only it has. */
final class Generations {
  private static final Map<String, String> SIGNS = new LinkedHashMap<>();

  static {
    SIGNS.put("blocks.0.att.r_k", "RWKV-7");
    SIGNS.put("blocks.0.att.time_maa_x", "RWKV-6");
    SIGNS.put("blocks.0.att.x_maa", "RWKV-6");
    SIGNS.put("blocks.0.att.ln_x.weight", "RWKV-5");
  }

  private static final Pattern TINY_ATTENTION = Pattern.compile("blocks\\.\\d+\\.tiny_.*");
  private static final Pattern SMALL_ATTENTION =
      Pattern.compile(
          "blocks\\.\\d+\\.att\\.(time_mix_(qq|kk|vv)|(qq|kk|vv|oo)\\.weight|att_mask)");

  private Generations() {}

  static CheckpointException unknown(Checkpoint checkpoint) {
    for (Map.Entry<String, String> sign : SIGNS.entrySet()) {
      if (checkpoint.names().contains(sign.getKey())) {
        return new CheckpointException(
            checkpoint.source(),
            sign.getKey(),
            "this is " + sign.getValue() + ", which cannot be run yet: only RWKV-4 can",
            null);
      }
    }
    return new CheckpointException(
        checkpoint.source(),
        "holds no RWKV model: it has "
            + checkpoint.names().size()
            + " tensors"
            + checkpoint.names().stream()
                .findFirst()
                .map(n -> ", the first is '" + n + "'")
                .orElse("")
            + ", but no 'blocks.0.att.time_first'");
  }

  /** Whether it carries a sign of a later generation. */
  static boolean isLaterThan4(Checkpoint checkpoint) {
    return SIGNS.keySet().stream().anyMatch(checkpoint.names()::contains);
  }

  /** The variant of RWKV-4 that adds a tensor of this name, if one is known. */
  static Optional<String> variantOf4(String tensor) {
    if (TINY_ATTENTION.matcher(tensor).matches()) {
      return Optional.of("RWKV-4a");
    }
    if (SMALL_ATTENTION.matcher(tensor).matches()) {
      return Optional.of("RWKV-4b");
    }
    return Optional.empty();
  }
}

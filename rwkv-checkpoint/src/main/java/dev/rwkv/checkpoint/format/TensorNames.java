package dev.rwkv.checkpoint.format;

import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of RWKV-4 tensors: those of the original checkpoints, and how Hugging Face spells them.
 *
 * <p>Source: {@code RwkvForCausalLM} of transformers 4.29 and later. All of its names but {@code
 * head.weight} begin with {@code rwkv.}; a bare {@code RwkvModel} is saved without it.
 */
public final class TensorNames {
  private static final String PREFIX = "rwkv.";
  private static final Pattern BLOCK = Pattern.compile("blocks\\.([0-9]{1,9})\\.([^.]+)(.*)");
  private static final Map<String, String> ROOMS =
      Map.of("pre_ln", "ln0", "attention", "att", "feed_forward", "ffn");
  private static final Map<String, String> LEAVES =
      Map.of(
          ".time_mix_key", ".time_mix_k",
          ".time_mix_value", ".time_mix_v",
          ".time_mix_receptance", ".time_mix_r");

  private TensorNames() {}

  /** The original name; one that is not of Hugging Face stays as it is. */
  public static String original(String name) {
    String bare = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    if (bare.equals("embeddings.weight")) {
      return "emb.weight";
    }
    Matcher block = BLOCK.matcher(bare);
    if (!block.matches()) {
      return bare;
    }
    String room = ROOMS.get(block.group(2));
    return room == null
        ? bare
        : "blocks.%s.%s%s"
            .formatted(block.group(1), room, LEAVES.getOrDefault(block.group(3), block.group(3)));
  }

  /** One more than the highest block among {@code names}; 0 without a block. */
  static long layers(Set<String> names) {
    long layers = 0;
    for (String name : names) {
      Matcher block = BLOCK.matcher(name);
      if (block.matches()) {
        layers = Math.max(layers, Long.parseLong(block.group(1)) + 1);
      }
    }
    return layers;
  }
}

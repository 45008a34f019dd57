package dev.rwkv.text;

import dev.rwkv.State;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.error.StateException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where a generation stopped: a value from which another one, in another process or on another
 * backend, goes on as if it had never stopped. Immutable.
 *
 * <p>Beside the model's state it holds the tokens that were chosen but not consumed by the model
 * yet, or, when a prompt was consumed and no token chosen, the logits after it; where the sampler
 * is; and the bytes that the text held back. All but the state travels as {@link #toMetadata} in
 * the file of the state.
 */
public final class Continuation {
  /** The one key of {@link #toMetadata}. */
  public static final String METADATA_KEY = "rwkv.generation";

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int VERSION = 1;

  private final State state;
  private final int[] pending;
  private final @Nullable SavedLogits logits;
  private final @Nullable SamplerState sampler;
  private final byte[] held;

  Continuation(
      State state,
      int[] pending,
      @Nullable SavedLogits logits,
      @Nullable SamplerState sampler,
      byte[] held) {
    this.state = state;
    this.pending = pending;
    this.logits = logits;
    this.sampler = sampler;
    this.held = held;
  }

  /** A state alone. What generates from it needs a prompt. */
  public static Continuation of(State state) {
    return new Continuation(state, new int[0], null, null, new byte[0]);
  }

  /** The state of the model, before the pending tokens. */
  public State state() {
    return state;
  }

  /** Tokens that come next for the model: chosen ones, or the rest of a prompt. A copy. */
  public int[] pending() {
    return pending.clone();
  }

  /** Where the sampler was; none for a state alone. */
  public Optional<SamplerState> sampler() {
    return Optional.ofNullable(sampler);
  }

  /** The bytes that the text held back. A copy. */
  public byte[] held() {
    return held.clone();
  }

  @Nullable SavedLogits logits() {
    return logits;
  }

  /** Whether a generation can go on without a prompt. */
  public boolean canGoOn() {
    return pending.length > 0 || logits != null;
  }

  /** All but the state, as one entry for the metadata of the state's file. */
  public Map<String, String> toMetadata() {
    ObjectNode json = JSON.createObjectNode().put("version", VERSION);
    ArrayNode tokens = json.putArray("pending");
    for (int token : pending) {
      tokens.add(token);
    }
    json.put("held", Base64.getEncoder().encodeToString(held));
    if (logits != null) {
      json.put("logits", base64(logits.values()));
    }
    if (sampler != null) {
      json.put("seed", sampler.seed()).put("draws", sampler.draws());
      ObjectNode counts = json.putObject("counts");
      sampler.counts().forEach((token, count) -> counts.put(token.toString(), count));
    }
    return Map.of(METADATA_KEY, JSON.writeValueAsString(json));
  }

  /**
   * The reverse of {@link #toMetadata}. Without the entry it is a state alone.
   *
   * @throws StateException if the entry is there but malformed
   */
  public static Continuation fromMetadata(State state, Map<String, String> metadata) {
    String entry = metadata.get(METADATA_KEY);
    if (entry == null) {
      return of(state);
    }
    try {
      JsonNode json = JSON.readTree(entry);
      if (!json.path("version").isInt() || json.path("version").intValue() != VERSION) {
        throw new InvalidArgumentException("version", "is not " + VERSION);
      }
      return new Continuation(
          state,
          tokens(json.path("pending")),
          json.has("logits") ? logits(json.path("logits")) : null,
          json.has("seed") ? sampler(json) : null,
          base64("held", json.path("held")));
    } catch (JacksonException e) {
      throw malformed("is not JSON");
    } catch (InvalidArgumentException e) {
      throw malformed(e.getMessage());
    }
  }

  private static StateException malformed(@Nullable String problem) {
    return new StateException(
        "the metadata '"
            + METADATA_KEY
            + "' of the state is malformed: "
            + problem
            + "; resume from the state alone, with a prompt, or save it again");
  }

  private static int[] tokens(JsonNode json) {
    if (!json.isArray()) {
      throw new InvalidArgumentException("pending", "is no list of tokens");
    }
    int[] tokens = new int[json.size()];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = token("pending[" + i + "]", json.path(i));
    }
    return tokens;
  }

  private static int token(String what, JsonNode json) {
    if (!json.isInt() || json.intValue() < 0) {
      throw new InvalidArgumentException(what, "is no token id");
    }
    return json.intValue();
  }

  private static SamplerState sampler(JsonNode json) {
    if (!json.path("counts").isObject()) {
      throw new InvalidArgumentException("counts", "are missing");
    }
    Map<Integer, Double> counts = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> count : json.path("counts").properties()) {
      if (!count.getKey().matches("\\d{1,9}") || !count.getValue().isNumber()) {
        throw new InvalidArgumentException("counts", "holds something else than counts of tokens");
      }
      counts.put(Integer.valueOf(count.getKey()), count.getValue().doubleValue());
    }
    return new SamplerState(whole("seed", json), whole("draws", json), counts);
  }

  private static long whole(String name, JsonNode json) {
    JsonNode number = json.path(name);
    if (!number.isIntegralNumber() || !number.canConvertToLong()) {
      throw new InvalidArgumentException(name, "is not a whole number of 64 bits");
    }
    return number.longValue();
  }

  private static SavedLogits logits(JsonNode json) {
    byte[] bytes = base64("logits", json);
    float[] values = new float[bytes.length / Float.BYTES];
    if (bytes.length % Float.BYTES != 0) {
      throw new InvalidArgumentException("logits", "are cut off");
    }
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return new SavedLogits(values);
  }

  private static String base64(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private static byte[] base64(String name, JsonNode json) {
    try {
      if (json.isString()) {
        return Base64.getDecoder().decode(json.stringValue());
      }
    } catch (IllegalArgumentException e) {
      // Falls through to the one message for everything that is not Base64.
    }
    throw new InvalidArgumentException(name, "is not Base64");
  }
}

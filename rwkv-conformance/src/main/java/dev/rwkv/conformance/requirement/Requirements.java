package dev.rwkv.conformance.requirement;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** All requirements of this kit, in the order of {@code requirements.json}. Immutable. */
public final class Requirements {
  private static final String SOURCE = "requirements.json";
  private static final Pattern ID = Pattern.compile("RWKV-[A-Z]{3}-[0-9]{3}");

  private static final List<Requirement> ALL = read();
  private static final Map<String, Requirement> BY_ID =
      ALL.stream().collect(Collectors.toMap(Requirement::id, Function.identity()));

  private Requirements() {}

  /** All of them. */
  public static List<Requirement> all() {
    return ALL;
  }

  /**
   * The requirement with this id.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Requirement of(String id) {
    Requirement requirement = BY_ID.get(id);
    if (requirement == null) {
      throw new IllegalArgumentException("there is no requirement " + id + " in " + SOURCE);
    }
    return requirement;
  }

  private static List<Requirement> read() {
    JsonMapper mapper =
        JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
    List<Requirement> all;
    try (InputStream in = Requirements.class.getResourceAsStream(SOURCE)) {
      all =
          mapper.readValue(
              Objects.requireNonNull(in, SOURCE), new TypeReference<List<Requirement>>() {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (Requirement each : all) {
      if (!ID.matcher(each.id()).matches()) {
        throw new IllegalStateException(SOURCE + ": '" + each.id() + "' is no RWKV-AAA-000");
      }
      each.condition(); // names a feature, or throws
    }
    return List.copyOf(all);
  }
}

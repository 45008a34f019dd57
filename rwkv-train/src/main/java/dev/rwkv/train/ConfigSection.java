package dev.rwkv.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One table of a configuration file. Every key that is asked for is known; at the end {@link
 * #finish} refuses the others. All errors name the file and the key. For one thread.
 */
final class ConfigSection {
  private final Path file;
  private final String prefix;
  private final ObjectNode table;
  private final Set<String> known = new TreeSet<>();

  ConfigSection(Path file, String prefix, ObjectNode table) {
    this.file = file;
    this.prefix = prefix;
    this.table = table;
  }

  boolean has(String key) {
    known.add(key);
    return table.has(key);
  }

  /** A table within this one; empty when it is not there. */
  ConfigSection section(String key) {
    JsonNode node = value(key);
    if (node == null) {
      return new ConfigSection(file, prefix + key + ".", table.objectNode());
    }
    if (node instanceof ObjectNode inner) {
      return new ConfigSection(file, prefix + key + ".", inner);
    }
    throw wrong(key, "is not a table: begin it with [" + prefix + key + "]");
  }

  /** The tables of an array; none when it is not there. */
  List<ConfigSection> sections(String key) {
    List<ConfigSection> sections = new ArrayList<>();
    JsonNode node = value(key);
    if (node == null) {
      return sections;
    }
    for (JsonNode element : node.values()) {
      if (!(element instanceof ObjectNode inner)) {
        sections.clear();
        break;
      }
      sections.add(new ConfigSection(file, prefix + key + "[" + sections.size() + "].", inner));
    }
    if (sections.isEmpty()) {
      throw wrong(key, "is no list of tables: begin each with [[" + prefix + key + "]]");
    }
    return sections;
  }

  OptionalInt optionalInteger(String key, int least, int most) {
    return has(key) ? OptionalInt.of((int) integer(key, 0, least, most)) : OptionalInt.empty();
  }

  int requiredInteger(String key, int least, int most) {
    return optionalInteger(key, least, most)
        .orElseThrow(() -> wrong(key, "is missing: give a whole number"));
  }

  long integer(String key, long otherwise, long least, long most) {
    JsonNode node = value(key);
    if (node == null) {
      return otherwise;
    }
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw wrong(key, node + " is not a whole number");
    }
    if (node.longValue() < least || node.longValue() > most) {
      throw wrong(key, node + " is not between " + least + " and " + most);
    }
    return node.longValue();
  }

  /** A number from {@code least} to {@code most}; the upper bound itself may be excluded. */
  double number(String key, double otherwise, double least, double most, boolean mostIsAllowed) {
    JsonNode node = value(key);
    if (node == null) {
      return otherwise;
    }
    if (!node.isNumber()) {
      throw wrong(key, node + " is not a number");
    }
    double number = node.doubleValue();
    if (!(number >= least && (number < most || (mostIsAllowed && number == most)))) {
      throw wrong(
          key,
          node
              + " is not "
              + (mostIsAllowed
                  ? "between " + least + " and " + most
                  : "from " + least + " to less than " + most));
    }
    return number;
  }

  /** A number above 0 and at most {@code most}. */
  double positive(String key, double otherwise, double most) {
    double number = number(key, otherwise, 0, most, true);
    if (number == 0) {
      throw wrong(key, "0 is not above 0");
    }
    return number;
  }

  boolean flag(String key, boolean otherwise) {
    JsonNode node = value(key);
    if (node == null) {
      return otherwise;
    }
    if (!node.isBoolean()) {
      throw wrong(key, node + " is neither true nor false");
    }
    return node.booleanValue();
  }

  String text(String key, String otherwise) {
    return optionalText(key).orElse(otherwise);
  }

  Optional<String> optionalText(String key) {
    JsonNode node = value(key);
    if (node == null) {
      return Optional.empty();
    }
    if (!node.isString()) {
      throw wrong(key, node + " is not a text in quotation marks");
    }
    return Optional.of(node.stringValue());
  }

  /** A path, relative to the folder of the configuration. */
  Optional<Path> optionalPath(String key) {
    return optionalText(key).map(text -> resolve(key, text));
  }

  Path requiredPath(String key) {
    return optionalPath(key).orElseThrow(() -> wrong(key, "is missing: name a file"));
  }

  Path resolve(String key, String text) {
    try {
      return file.toAbsolutePath().resolveSibling(text).normalize();
    } catch (java.nio.file.InvalidPathException e) {
      throw wrong(key, "'" + text + "' is not a path");
    }
  }

  <E extends Enum<E>> E choice(String key, E otherwise, Class<E> type) {
    Optional<String> text = optionalText(key);
    if (text.isEmpty()) {
      return otherwise;
    }
    for (E constant : type.getEnumConstants()) {
      if (constant.name().toLowerCase(Locale.ROOT).equals(text.get())) {
        return constant;
      }
    }
    throw wrong(
        key,
        "'"
            + text.get()
            + "' is not one of "
            + Stream.of(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", ")));
  }

  /** Refuses keys that nobody asked for. */
  void finish() {
    for (String key : table.propertyNames()) {
      if (!known.contains(key)) {
        throw wrong(key, "there is no such key" + nearest(key));
      }
    }
  }

  TrainingException wrong(String key, String problem) {
    return new TrainingException(
        (file + ": " + prefix + key + ": " + problem).replaceAll("\\R", " "));
  }

  private @Nullable JsonNode value(String key) {
    known.add(key);
    return table.get(key);
  }

  private String nearest(String key) {
    String best = "";
    int bestDistance = Integer.MAX_VALUE;
    for (String candidate : known) {
      int distance = distance(key, candidate);
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return bestDistance <= Math.max(2, best.length() / 2)
        ? ": did you mean '" + best + "'?"
        : ": expected one of " + String.join(", ", known);
  }

  /** How many letters must be inserted, deleted or replaced (Levenshtein). */
  private static int distance(String from, String to) {
    int[] previous = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int[] current = new int[to.length() + 1];
      current[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[to.length()];
  }
}

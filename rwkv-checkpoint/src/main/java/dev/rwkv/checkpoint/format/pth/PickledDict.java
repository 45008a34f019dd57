package dev.rwkv.checkpoint.format.pth;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A dict of a pickle, in its order. Identity is that of the object, because a hostile dict may hold
 * itself.
 */
final class PickledDict {
  private final boolean ordered;
  private final Map<String, @Nullable Object> items = new LinkedHashMap<>(0);

  /**
   * An empty one.
   *
   * @param ordered whether it is a {@code collections.OrderedDict}
   */
  PickledDict(boolean ordered) {
    this.ordered = ordered;
  }

  boolean isOrdered() {
    return ordered;
  }

  Map<String, @Nullable Object> items() {
    return items;
  }
}

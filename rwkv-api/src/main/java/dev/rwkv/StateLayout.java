package dev.rwkv;

import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a model's state consists of: named, shaped components in one order, which the architecture
 * declares. For RWKV-4 five vectors a layer, for RWKV-7 two vectors and one [H, N, N] matrix a
 * layer; no code outside an architecture counts on either.
 *
 * <p>Immutable. The size does not depend on how many tokens were seen.
 */
public final class StateLayout {

  /**
   * One component.
   *
   * @param name for example {@code blocks.0.att.shift}
   * @param shape its dimensions
   * @param initial the value of every element at the start of a text
   */
  public record Component(String name, Shape shape, double initial) {}

  private final String architecture;
  private final List<Component> components;
  private final Map<String, Long> offsets = new LinkedHashMap<>();
  private final long elements;

  private StateLayout(String architecture, List<Component> components) {
    this.architecture = architecture;
    this.components = components;
    long offset = 0;
    for (Component component : components) {
      if (offsets.put(component.name(), offset) != null) {
        throw new IllegalArgumentException("two state components are named " + component.name());
      }
      offset = Math.addExact(offset, component.shape().elements());
    }
    this.elements = offset;
  }

  /**
   * A layout of these components, stored one after the other in this order.
   *
   * @throws IllegalArgumentException if two components share a name
   */
  public static StateLayout of(String architecture, List<Component> components) {
    return new StateLayout(architecture, List.copyOf(components));
  }

  /** The architecture that declares it. */
  public String architecture() {
    return architecture;
  }

  /** The components in the order of storage. */
  public List<Component> components() {
    return components;
  }

  /**
   * The component of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Component component(String name) {
    return components.stream()
        .filter(component -> component.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no state component '" + name + "'"));
  }

  /**
   * The index of a component's first element in the whole state.
   *
   * @throws IllegalArgumentException if there is no component of that name
   */
  public long offset(String name) {
    Long offset = offsets.get(name);
    if (offset == null) {
      throw new IllegalArgumentException("no state component '" + name + "'");
    }
    return offset;
  }

  /** The number of elements of all components together. */
  public long elements() {
    return elements;
  }

  /** The bytes of a state whose elements are of this type. */
  public long bytes(DType dtype) {
    return dtype.bytes(elements);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StateLayout layout
        && architecture.equals(layout.architecture)
        && components.equals(layout.components);
  }

  @Override
  public int hashCode() {
    return Objects.hash(architecture, components);
  }

  @Override
  public String toString() {
    return architecture
        + " state of "
        + components.size()
        + " components, "
        + elements
        + " elements";
  }
}

package dev.rwkv.conformance.requirement;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a backend has to do. Immutable.
 *
 * @param id for example {@code RWKV-WKV-003}; never used again for another
 * @param area what it belongs to: operator, model, state, …
 * @param level how binding it is
 * @param since the version of the kit that brought it
 * @param capability when it applies, see {@link Condition}; null means always
 * @param text what is required, one sentence
 * @param rationale what goes wrong without it
 * @param look where a vendor whose backend fails it should look
 */
public record Requirement(
    String id,
    String area,
    Level level,
    String since,
    @Nullable String capability,
    String text,
    String rationale,
    String look) {

  /** When it applies; empty means always. */
  public Optional<Condition> condition() {
    return Optional.ofNullable(capability).map(Condition::of);
  }

  @Override
  public String toString() {
    return id;
  }
}

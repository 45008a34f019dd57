package dev.rwkv.spi;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Usable, or the reason why not. */
public final class Availability {
  private static final Availability USABLE = new Availability(null);

  private final @Nullable String reason;

  private Availability(@Nullable String reason) {
    this.reason = reason;
  }

  /** It can be used. */
  public static Availability usable() {
    return USABLE;
  }

  /** It cannot be used, because: one line for people, with what they could do about it. */
  public static Availability because(String reason) {
    return new Availability(reason);
  }

  /** Whether it can be used. */
  public boolean isUsable() {
    return reason == null;
  }

  /** Why it cannot be used; empty when it can. */
  public Optional<String> reason() {
    return Optional.ofNullable(reason);
  }

  @Override
  public String toString() {
    return reason == null ? "usable" : reason;
  }
}

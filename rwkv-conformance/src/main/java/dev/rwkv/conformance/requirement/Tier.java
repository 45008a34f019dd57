package dev.rwkv.conformance.requirement;

import java.time.Duration;
import java.util.Locale;

/** How much time a run may take. Every MUST is tested in every tier; later ones look harder. */
public enum Tier {
  /** For a developer's loop: under 20 seconds. */
  QUICK(0.1, Duration.ofSeconds(20), Duration.ofMinutes(3), 3),
  /** For a certificate: under 3 minutes. */
  FULL(1, Duration.ofMinutes(2), Duration.ofMinutes(15), 8),
  /** For a release: as long as it takes. */
  LONG(20, Duration.ofMinutes(30), Duration.ofHours(6), 30);

  private final double effort;
  private final Duration requirementLimit;
  private final Duration runLimit;
  private final int shrinkingSeconds;

  Tier(double effort, Duration requirementLimit, Duration runLimit, int shrinkingSeconds) {
    this.effort = effort;
    this.requirementLimit = requirementLimit;
    this.runLimit = runLimit;
    this.shrinkingSeconds = shrinkingSeconds;
  }

  /** As reports and options write it: {@code quick}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** How many tries a property makes here, of those that it states for {@link #FULL}. */
  public int tries(int stated) {
    return stated == 1 ? 1 : (int) Math.max(2, Math.round(stated * effort));
  }

  /** Tests of one requirement that take longer count as hanging. */
  public Duration requirementLimit() {
    return requirementLimit;
  }

  /** What has not been tested after this time fails. */
  public Duration runLimit() {
    return runLimit;
  }

  /** How long a failing property may look for a smaller case. */
  public int shrinkingSeconds() {
    return shrinkingSeconds;
  }
}

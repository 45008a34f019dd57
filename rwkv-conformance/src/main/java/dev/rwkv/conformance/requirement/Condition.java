package dev.rwkv.conformance.requirement;

/**
 * When a requirement applies: {@code BATCH} where the feature is declared, {@code !BATCH} where it
 * is not.
 *
 * @param feature what a backend declares or does not
 * @param declared which of the two is meant
 */
public record Condition(Feature feature, boolean declared) {
  private static final String NOT = "!";

  /**
   * Reads the notation of {@code requirements.json}.
   *
   * @throws IllegalArgumentException if there is no such feature
   */
  public static Condition of(String text) {
    boolean negated = text.startsWith(NOT);
    return new Condition(Feature.valueOf(negated ? text.substring(1) : text), !negated);
  }

  /** Why a requirement with this condition does not apply. */
  public String whyNot() {
    return feature + (declared ? " is not declared" : " is declared");
  }

  @Override
  public String toString() {
    return (declared ? "" : NOT) + feature;
  }
}

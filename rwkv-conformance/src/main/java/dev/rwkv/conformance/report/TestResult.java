package dev.rwkv.conformance.report;

import org.jspecify.annotations.Nullable;

/**
 * One test of a requirement.
 *
 * @param name class and method: {@code WkvProperties.theStabilisedFormIsEquation16}
 * @param seed of its random cases; follows from the run's seed and the name
 * @param tries cases that were tried
 * @param seconds it took
 * @param failure null if it passed
 */
public record TestResult(
    String name, String seed, int tries, double seconds, @Nullable Failure failure) {}

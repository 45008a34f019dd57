package dev.rwkv.conformance.property;

import dev.rwkv.conformance.report.Recorder;
import dev.rwkv.conformance.report.TestResult;
import dev.rwkv.conformance.requirement.Tier;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Judge;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;

/**
 * The tests of one requirement being run against one subject: what they get, and what came of them.
 * Bound to the running thread, so that several runs may go on beside each other.
 */
public final class Run {
  private static final ScopedValue<Run> CURRENT = ScopedValue.newInstance();

  private final Subject subject;
  private final Tier tier;
  private final long seed;
  private final Judge judge;
  private final Recorder recorder = new Recorder();
  private final List<TestResult> results = new ArrayList<>();

  /**
   * Nothing has been run yet.
   *
   * @param seed of the whole certification; each test's own follows from it and the test's name
   */
  public Run(Subject subject, Tier tier, long seed) {
    this.subject = subject;
    this.tier = tier;
    this.seed = seed;
    this.judge = new Judge(tier != Tier.QUICK);
  }

  /** Runs tests that find this run. */
  public void during(Runnable tests) {
    ScopedValue.where(CURRENT, this).run(tests);
  }

  /** What the tests have found out, in their order. */
  public List<TestResult> results() {
    return List.copyOf(results);
  }

  /** What compares numbers, and remembers the margins. */
  public Judge judge() {
    return judge;
  }

  /** What takes down what is measured on the way. */
  public Recorder recorder() {
    return recorder;
  }

  static Run current() {
    try {
      return CURRENT.get();
    } catch (NoSuchElementException e) {
      throw new IllegalStateException(
          "the kit's tests run by Certification or by BackendConformance, not alone", e);
    }
  }

  Subject subject() {
    return subject;
  }

  Tier tier() {
    return tier;
  }

  long seedOf(String test) {
    long mixed = seed;
    for (int i = 0; i < test.length(); i++) {
      mixed = mixed * 31 + test.charAt(i);
    }
    return new SplittableRandom(mixed).nextLong();
  }

  void add(TestResult result) {
    results.add(result);
  }
}

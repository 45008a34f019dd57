package dev.rwkv.conformance;

import dev.rwkv.conformance.process.Supervisor;
import dev.rwkv.conformance.report.ConformanceReport;
import dev.rwkv.conformance.report.Kit;
import dev.rwkv.conformance.report.RequirementResult;
import dev.rwkv.conformance.report.Waiver;
import dev.rwkv.conformance.requirement.Requirement;
import dev.rwkv.conformance.requirement.Requirements;
import dev.rwkv.conformance.requirement.Tier;
import dev.rwkv.error.BackendException;
import dev.rwkv.error.InvalidArgumentException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A run of the kit against one backend, in a process of its own. Immutable; each {@link #run} is
 * another run.
 *
 * <pre>{@code
 * ConformanceReport report = Certification.of("mine").run();
 * ReportFiles.write(report, Path.of("target/conformance"));
 * }</pre>
 */
public final class Certification {
  // Seeds that JSON readers with 53 bits for a number keep exactly.
  private static final long SEED_BITS = (1L << 52) - 1;

  private final String backend;
  private final Tier tier;
  private final long seed;
  private final Duration requirementLimit;
  private final List<Waiver> waivers;
  private final List<Requirement> requirements;

  private Certification(
      String backend,
      Tier tier,
      long seed,
      Duration requirementLimit,
      List<Waiver> waivers,
      List<Requirement> requirements) {
    this.backend = backend;
    this.tier = tier;
    this.seed = seed;
    this.requirementLimit = requirementLimit;
    this.waivers = List.copyOf(waivers);
    this.requirements = List.copyOf(requirements);
  }

  /**
   * A full run with a fresh seed.
   *
   * @param backend its name, or the class name of its provider, which then needs no registration
   */
  public static Certification of(String backend) {
    long fresh = new SecureRandom().nextLong() & SEED_BITS;
    return new Certification(
        backend, Tier.FULL, fresh, Tier.FULL.requirementLimit(), List.of(), Requirements.all());
  }

  /**
   * The same run as a report's: its provider's class, tier, seed, waivers and requirements; of
   * another kit's report all requirements, because that kit may have had fewer.
   */
  public static Certification replay(ConformanceReport report) {
    Certification whole =
        of(report.backend().provider())
            .tier(report.tier())
            .seed(report.seed())
            .waivers(report.waivers());
    return report.kit().equals(Kit.here())
        ? whole.only(report.requirements().stream().map(RequirementResult::id).toList())
        : whole;
  }

  /** Looks less hard, or harder, with the limits of that tier. */
  public Certification tier(Tier newTier) {
    return new Certification(
        backend, newTier, seed, newTier.requirementLimit(), waivers, requirements);
  }

  /** Takes tests of one requirement as hanging after this time; for slow devices and emulators. */
  public Certification requirementLimit(Duration limit) {
    return new Certification(backend, tier, seed, limit, waivers, requirements);
  }

  /** Tries the cases that follow from this seed, which must not be negative. */
  public Certification seed(long newSeed) {
    if (newSeed < 0 || newSeed > SEED_BITS) {
      throw new InvalidArgumentException("seed", newSeed + " is not between 0 and " + SEED_BITS);
    }
    return new Certification(backend, tier, newSeed, requirementLimit, waivers, requirements);
  }

  /**
   * Takes failures of these requirements as known.
   *
   * @throws InvalidArgumentException if one names no requirement
   */
  public Certification waivers(List<Waiver> newWaivers) {
    newWaivers.forEach(waiver -> requirement(waiver.id()));
    return new Certification(backend, tier, seed, requirementLimit, newWaivers, requirements);
  }

  /**
   * Tests these requirements alone, in the order of the kit, which can't certify anything: for
   * looking into a failure.
   *
   * @throws InvalidArgumentException if there is none of that id
   */
  public Certification only(List<String> ids) {
    ids.forEach(Certification::requirement);
    return new Certification(
        backend,
        tier,
        seed,
        requirementLimit,
        waivers,
        Requirements.all().stream().filter(each -> ids.contains(each.id())).toList());
  }

  private static Requirement requirement(String id) {
    return Requirements.all().stream()
        .filter(each -> each.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new InvalidArgumentException("requirement", "there is no '" + id + "'"));
  }

  /** The seed of the run. */
  public long seed() {
    return seed;
  }

  /**
   * Tests the backend.
   *
   * @throws BackendException if there is none of that name or it cannot be used here
   */
  public ConformanceReport run() {
    return run(
        new Supervisor.Listener() {
          @Override
          public void started(Requirement requirement) {
            // Nobody watches.
          }

          @Override
          public void finished(RequirementResult result) {
            // Nobody watches.
          }
        });
  }

  /**
   * Tests the backend, and tells how it goes.
   *
   * @throws BackendException as {@link #run()}
   */
  public ConformanceReport run(Supervisor.Listener listener) {
    Instant started = Instant.now();
    long start = System.nanoTime();
    Supervisor supervisor =
        new Supervisor(backend, tier, seed, requirementLimit, requirements, listener);
    List<RequirementResult> results = supervisor.run();
    return ConformanceReport.of(
        supervisor.backend(),
        tier,
        seed,
        started,
        (System.nanoTime() - start) / 1e9,
        waivers,
        requirements.equals(Requirements.all()),
        results);
  }
}

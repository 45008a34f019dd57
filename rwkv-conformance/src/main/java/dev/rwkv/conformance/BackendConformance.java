package dev.rwkv.conformance;

import dev.rwkv.Backends;
import dev.rwkv.conformance.process.Supervisor;
import dev.rwkv.conformance.report.ConformanceReport;
import dev.rwkv.conformance.report.ReportFiles;
import dev.rwkv.conformance.report.RequirementResult;
import dev.rwkv.conformance.report.Verdict;
import dev.rwkv.conformance.report.Waiver;
import dev.rwkv.conformance.requirement.Requirement;
import dev.rwkv.conformance.requirement.Requirements;
import dev.rwkv.conformance.requirement.Tier;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.error.RwkvException;
import dev.rwkv.spi.BackendProvider;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Certifies a backend in its vendor's own build: every requirement is a test there.
 *
 * <pre>{@code
 * class MyBackendConformanceTest extends BackendConformance {}
 * }</pre>
 *
 * <p>The backend runs in a process of its own, with the class path and the module options of this
 * one. A requirement that does not apply or is waived shows as skipped, never as passed. The last
 * test is the certificate; the report is in {@link #reportFolder}. System properties: {@code
 * rwkv.conformance.tier} (quick, full, long) and {@code rwkv.conformance.seed}.
 */
public abstract class BackendConformance {
  private static final String TIER = "rwkv.conformance.tier";
  private static final String SEED = "rwkv.conformance.seed";
  private static final String ORACLE = "reference";
  private static final String CERTIFICATE = "certificate";

  /** For subclasses. */
  protected BackendConformance() {}

  /**
   * The backend's name, or its provider's class name. As it stands: the only one on the class path
   * beside the reference.
   */
  protected String backend() {
    List<Backends.Candidate> others =
        Backends.discover().candidates().stream()
            .filter(candidate -> !candidate.name().equals(ORACLE))
            .toList();
    if (others.isEmpty()) {
      throw new InvalidArgumentException(
          "backend",
          "none is registered beside the reference: name the provider's class in"
              + " META-INF/services/"
              + BackendProvider.class.getName());
    }
    if (others.size() > 1) {
      throw new InvalidArgumentException(
          "backend",
          "the class path has %s: override backend() in %s to name the one to certify"
              .formatted(
                  others.stream().map(Backends.Candidate::name).toList(),
                  getClass().getSimpleName()));
    }
    // By its class, because the process of the kit has one class path, and a provider that only a
    // module-info registers is not found there by name.
    Backends.Candidate only = others.getFirst();
    return only.provider().map(provider -> provider.getClass().getName()).orElse(only.name());
  }

  /** How hard to look; as it stands quick, or what the system property says. */
  protected Tier tier() {
    String named = System.getProperty(TIER, Tier.QUICK.label());
    return Arrays.stream(Tier.values())
        .filter(tier -> tier.label().equals(named.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () -> new InvalidArgumentException(TIER, "'" + named + "' is not quick, full or long"));
  }

  // A seed that is misspelt must not become a fresh one.
  static OptionalLong seed() {
    String given = System.getProperty(SEED);
    try {
      return given == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(given));
    } catch (NumberFormatException e) {
      throw new InvalidArgumentException(SEED, "'" + given + "' is not a whole number");
    }
  }

  /** Requirements that are known not to be met. */
  protected List<Waiver> waivers() {
    return List.of();
  }

  /** Where the report goes. */
  protected Path reportFolder() {
    return Path.of("target", "conformance", getClass().getSimpleName());
  }

  /** One test for each requirement, in the order in which they are tested, then the certificate. */
  @TestFactory
  Stream<DynamicTest> requirements() {
    String backend;
    try {
      backend = backend();
    } catch (RwkvException e) {
      return Stream.of(DynamicTest.dynamicTest(CERTIFICATE, () -> notTested(e)));
    }
    Certification fresh = Certification.of(backend).tier(tier()).waivers(waivers());
    Certification certification = seed().isPresent() ? fresh.seed(seed().getAsLong()) : fresh;
    Map<String, CompletableFuture<RequirementResult>> results = new HashMap<>();
    Requirements.all().forEach(each -> results.put(each.id(), new CompletableFuture<>()));
    CompletableFuture<ConformanceReport> report = start(certification, results);
    return Stream.concat(
        Requirements.all().stream().map(each -> test(each, future(results, each.id()))),
        Stream.of(DynamicTest.dynamicTest(CERTIFICATE, () -> requireCertificate(report))));
  }

  private CompletableFuture<ConformanceReport> start(
      Certification certification, Map<String, CompletableFuture<RequirementResult>> results) {
    CompletableFuture<ConformanceReport> report = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("conformance")
        .start(() -> {
          try {
            ConformanceReport made = certification.run(listener(results));
            ReportFiles.write(made, reportFolder());
            report.complete(made);
          } catch (RuntimeException | Error e) {
            results.values().forEach(each -> each.completeExceptionally(e));
            report.completeExceptionally(e);
          }
        });
    return report;
  }

  private Supervisor.Listener listener(Map<String, CompletableFuture<RequirementResult>> results) {
    List<Waiver> waivers = waivers();
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    return new Supervisor.Listener() {
      @Override
      public void started(Requirement requirement) {
        // The test of the requirement is waiting already.
      }

      @Override
      public void finished(RequirementResult result) {
        RequirementResult judged = result;
        for (Waiver waiver : waivers) {
          judged = judged.waivedBy(waiver, today);
        }
        future(results, result.id()).complete(judged);
      }
    };
  }

  private static CompletableFuture<RequirementResult> future(
      Map<String, CompletableFuture<RequirementResult>> results, String id) {
    return Objects.requireNonNull(results.get(id), id);
  }

  private static DynamicTest test(
      Requirement requirement, CompletableFuture<RequirementResult> result) {
    return DynamicTest.dynamicTest(
        requirement.id() + " " + requirement.text(), () -> require(joined(result)));
  }

  private static RequirementResult joined(CompletableFuture<RequirementResult> result) {
    try {
      return result.join();
    } catch (CompletionException e) {
      // The certificate fails with the reason, and says it once.
      return Assumptions.abort("not tested: see the test of the certificate");
    }
  }

  private static void notTested(Throwable why) {
    Assertions.fail("the backend could not be tested: " + why.getMessage(), why);
  }

  private static void require(RequirementResult result) {
    if (result.verdict() == Verdict.FAIL) {
      Assertions.fail(Summary.of(result));
    }
    Assumptions.assumeTrue(
        result.verdict() == Verdict.PASS, () -> result.verdict().label() + ": " + result.reason());
  }

  private void requireCertificate(CompletableFuture<ConformanceReport> made) {
    ConformanceReport report;
    try {
      report = made.join();
    } catch (CompletionException e) {
      notTested(Objects.requireNonNullElse(e.getCause(), e));
      return;
    }
    Assertions.assertTrue(
        report.certified(),
        () ->
            "backend '%s' is not certified: %s (seed %d, report in %s)"
                .formatted(
                    report.backend().name(), report.refusal(), report.seed(), reportFolder()));
  }
}

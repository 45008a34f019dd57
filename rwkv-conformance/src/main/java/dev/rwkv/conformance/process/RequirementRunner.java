package dev.rwkv.conformance.process;

import dev.rwkv.conformance.property.Run;
import dev.rwkv.conformance.property.Tests;
import dev.rwkv.conformance.report.Failure;
import dev.rwkv.conformance.report.RequirementResult;
import dev.rwkv.conformance.report.TestResult;
import dev.rwkv.conformance.requirement.Condition;
import dev.rwkv.conformance.requirement.Requirement;
import dev.rwkv.conformance.requirement.Tier;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.error.BackendException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.platform.engine.TestEngine;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Tests requirements in this process, with jqwik on the JUnit platform. The tests run on the
 * calling thread. Not thread-safe.
 */
public final class RequirementRunner {
  // Kept here, because loggers are forgotten with their levels. It says how many edge cases it
  // made.
  private static final Logger JQWIK = Logger.getLogger("net.jqwik");

  private static final String ENGINE = "jqwik";
  private static final String JARS = "jdk.zipfs";

  private final Subject subject;
  private final Tier tier;
  private final long seed;
  private final Launcher launcher;
  private boolean shrinking = true;

  /**
   * A runner for one subject.
   *
   * @param seed of the whole run
   * @throws BackendException if jqwik is missing, or no test is found
   */
  public RequirementRunner(Subject subject, Tier tier, long seed) {
    this.subject = subject;
    this.tier = tier;
    this.seed = seed;
    JQWIK.setLevel(Level.WARNING);
    requireTests(Tests.all().keySet(), ModuleLayer.boot());
    TestEngine jqwik =
        ServiceLoader.load(TestEngine.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(engine -> engine.getId().equals(ENGINE))
            .findFirst()
            .orElseThrow(() ->
                new BackendException(
                    "the kit cannot run its tests: jqwik is not on the class path at run time, add"
                        + " net.jqwik:jqwik"));
    // Nothing of the vendor's own test set-up may take part.
    launcher =
        LauncherFactory.create(
            LauncherConfig.builder()
                .enableLauncherSessionListenerAutoRegistration(false)
                .enableLauncherDiscoveryListenerAutoRegistration(false)
                .enableTestExecutionListenerAutoRegistration(false)
                .enableTestEngineAutoRegistration(false)
                .addTestEngines(jqwik)
                .enablePostDiscoveryFilterAutoRegistration(false)
                .build());
  }

  // Otherwise every requirement would fail, as if that were the backend's doing.
  static void requireTests(Set<String> tested, ModuleLayer layer) {
    if (!tested.isEmpty()) {
      return;
    }
    throw new BackendException(
        "the kit cannot run its tests: it finds none of them, "
            + (layer.findModule(JARS).isPresent()
                ? "its jar is not whole"
                : "because this Java lacks the module %s, by which JUnit reads jars: take a JDK, or"
                        .formatted(JARS)
                    + " a runtime image that has the module"));
  }

  /** The first failing case is reported as it came: for who only wants to know whether it fails. */
  public RequirementRunner withoutShrinking() {
    shrinking = false;
    return this;
  }

  /** Runs all tests of a requirement. Never throws, whatever the backend does. */
  public RequirementResult run(Requirement requirement) {
    try {
      Condition condition = requirement.condition().orElse(null);
      if (condition != null && !subject.meets(condition)) {
        return RequirementResult.notApplicable(requirement, condition.whyNot());
      }
    } catch (RuntimeException | LinkageError | AssertionError e) {
      return RequirementResult.failed(
          requirement, 0, "the backend threw when asked what it declares: " + e);
    }
    List<Method> tests = Tests.of(requirement.id(), tier);
    Run run = new Run(subject, tier, seed);
    List<TestResult> results = new ArrayList<>();
    if (!tests.isEmpty()) {
      LauncherDiscoveryRequest request = request(tests);
      try {
        run.during(() -> launcher.execute(request));
      } catch (RuntimeException | Error e) {
        // jqwik lets errors of the JVM itself through, such as no memory.
        results.add(unexpected(e));
      }
    }
    results.addAll(run.results());
    if (results.size() < tests.size()) {
      results.add(
          unexpected(
              new IllegalStateException(
                  "%d of %d tests were run".formatted(results.size(), tests.size()))));
    }
    return RequirementResult.of(requirement, run.judge().margins(), results).with(run.recorder());
  }

  private static TestResult unexpected(Throwable thrown) {
    Failure failure =
        new Failure(Failure.Kind.EXCEPTION, "the test was broken off: " + thrown, null, "");
    return new TestResult("(run)", "", 0, 0, failure);
  }

  private LauncherDiscoveryRequest request(List<Method> tests) {
    return LauncherDiscoveryRequestBuilder.request()
        .selectors(
            tests.stream()
                .map(test -> DiscoverySelectors.selectMethod(test.getDeclaringClass(), test))
                .toList())
        .enableImplicitConfigurationParameters(false)
        // No file of old failures, nothing on standard output.
        .configurationParameter("jqwik.database", "")
        .configurationParameter("jqwik.reporting.usejunitplatform", "true")
        .configurationParameter("jqwik.shrinking.default", shrinking ? "BOUNDED" : "OFF")
        .configurationParameter(
            "jqwik.shrinking.bounded.seconds", Integer.toString(tier.shrinkingSeconds()))
        .build();
  }
}

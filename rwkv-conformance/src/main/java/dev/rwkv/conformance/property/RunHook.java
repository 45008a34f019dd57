package dev.rwkv.conformance.property;

import dev.rwkv.conformance.report.Failure;
import dev.rwkv.conformance.report.Recorder;
import dev.rwkv.conformance.report.TestResult;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Judge;
import dev.rwkv.conformance.tolerance.Violation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.AfterFailureMode;
import net.jqwik.api.FixedSeedMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.ParameterResolutionContext;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutionResult.Status;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;
import net.jqwik.api.lifecycle.ResolveParameterHook;
import org.jspecify.annotations.Nullable;

/**
 * Gives each test its subject, its judge, its recorder, its seed and its tries, and takes down what
 * came of it.
 */
final class RunHook implements AroundPropertyHook, ResolveParameterHook {
  private static final int FRAMES = 12;

  // jqwik makes one hook for each execution, runs tests one after the other, and shrinks on other
  // threads, where the run is not bound.
  private volatile @Nullable Run run;

  @Override
  public Optional<ParameterSupplier> resolve(
      ParameterResolutionContext parameter, LifecycleContext test) {
    if (parameter.typeUsage().isOfType(Subject.class)) {
      return Optional.of(tried -> running().subject());
    }
    if (parameter.typeUsage().isOfType(Judge.class)) {
      return Optional.of(tried -> running().judge());
    }
    if (parameter.typeUsage().isOfType(Recorder.class)) {
      return Optional.of(tried -> running().recorder());
    }
    return Optional.empty();
  }

  @Override
  public PropertyExecutionResult aroundProperty(
      PropertyLifecycleContext test, PropertyExecutor executor) {
    Run current = Run.current();
    run = current;
    String name = test.containerClass().getSimpleName() + "." + test.targetMethod().getName();
    String seed = Long.toString(current.seedOf(name));
    test.attributes().setSeed(seed);
    test.attributes().setWhenFixedSeed(FixedSeedMode.ALLOW);
    test.attributes().setAfterFailure(AfterFailureMode.RANDOM_SEED);
    test.attributes().tries().ifPresent(t -> test.attributes().setTries(current.tier().tries(t)));
    long start = System.nanoTime();
    PropertyExecutionResult result = executor.execute();
    current.add(
        new TestResult(
            name,
            seed,
            result.countTries(),
            (System.nanoTime() - start) / 1e9,
            result.status() == Status.SUCCESSFUL ? null : failure(test.targetMethod(), result)));
    return result;
  }

  private Run running() {
    return Objects.requireNonNull(run, "a test without its hook");
  }

  private static Failure failure(Method test, PropertyExecutionResult result) {
    Throwable thrown =
        result
            .throwable()
            .orElseGet(() -> new IllegalStateException("the test ended as " + result.status()));
    boolean violation = thrown instanceof Violation;
    return new Failure(
        violation ? Failure.Kind.VIOLATION : Failure.Kind.EXCEPTION,
        violation ? String.valueOf(thrown.getMessage()) : "the backend threw " + at(thrown),
        sample(test, result),
        trace(thrown));
  }

  private static String at(Throwable thrown) {
    StackTraceElement[] frames = thrown.getStackTrace();
    return thrown + (frames.length == 0 ? "" : " at " + frames[0]);
  }

  // One case speaks for itself; several get the names of their parameters.
  private static @Nullable String sample(Method test, PropertyExecutionResult result) {
    List<Object> cases =
        result.falsifiedParameters().orElse(List.of()).stream()
            .filter(each -> !isHandedIn(each))
            .toList();
    List<String> names =
        Arrays.stream(test.getParameters())
            .filter(parameter -> parameter.isAnnotationPresent(ForAll.class))
            .map(Parameter::getName)
            .toList();
    if (cases.isEmpty()) {
      return null;
    }
    return IntStream.range(0, cases.size())
        .mapToObj(i -> (i == 0 ? "" : names.get(i) + " ") + cases.get(i))
        .collect(Collectors.joining(", "));
  }

  private static boolean isHandedIn(Object parameter) {
    return parameter instanceof Subject
        || parameter instanceof Judge
        || parameter instanceof Recorder;
  }

  private static String trace(Throwable thrown) {
    String frames =
        Arrays.stream(thrown.getStackTrace())
            .filter(frame -> !isMachinery(frame.getClassName()))
            .limit(FRAMES)
            .map(frame -> "\n  at " + frame)
            .collect(Collectors.joining());
    Throwable cause = thrown.getCause();
    return thrown.getClass().getName()
        + frames
        + (cause == null ? "" : "\ncaused by " + trace(cause));
  }

  private static boolean isMachinery(String className) {
    return className.startsWith("net.jqwik.")
        || className.startsWith("org.junit.")
        || className.startsWith("java.")
        || className.startsWith("jdk.internal.");
  }
}

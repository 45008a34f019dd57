package dev.rwkv;

import dev.rwkv.error.BackendException;
import dev.rwkv.spi.Availability;
import dev.rwkv.spi.BackendProvider;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The backends on the class path, best first, each usable or with the reason why not.
 *
 * <p>Choosing is never silent: a backend asked for by name is used or refused with its reason, and
 * {@link #best} explains every rejection when nothing fits. Immutable.
 */
public final class Backends {

  /**
   * One provider and whether it can be used on this machine.
   *
   * @param name the backend's name, or the class that could not be loaded
   * @param provider the provider; empty when it could not even be made
   * @param availability usable, or the reason
   */
  public record Candidate(
      String name, Optional<BackendProvider> provider, Availability availability) {

    /** The provider's rank; the lowest possible for one that could not be made. */
    public int rank() {
      return provider.map(BackendProvider::rank).orElse(Integer.MIN_VALUE);
    }
  }

  private final List<Candidate> candidates;

  private Backends(List<Candidate> candidates) {
    this.candidates = candidates;
  }

  /** Asks {@link ServiceLoader} for every {@link BackendProvider}. */
  public static Backends discover() {
    List<Candidate> found = new ArrayList<>();
    Iterator<ServiceLoader.Provider<BackendProvider>> services =
        ServiceLoader.load(BackendProvider.class).stream().iterator();
    // A broken entry of one vendor must not hide the others: each step may throw on its own.
    while (true) {
      try {
        if (!services.hasNext()) {
          break;
        }
        found.add(candidate(services.next().get()));
      } catch (ServiceConfigurationError | LinkageError e) {
        found.add(
            new Candidate(
                "(broken provider)",
                Optional.empty(),
                Availability.because("its provider cannot be loaded: " + e.getMessage())));
      }
    }
    return sorted(found);
  }

  /** These providers and no others: for programs that bring their own and for tests. */
  public static Backends of(List<? extends BackendProvider> providers) {
    return sorted(providers.stream().map(Backends::candidate).toList());
  }

  // What a vendor gets wrong makes his backend unusable, with the reason, and hurts no other.
  private static Candidate candidate(BackendProvider provider) {
    try {
      provider.rank();
      return new Candidate(
          provider.name(),
          Optional.of(provider),
          answered(provider, BackendProvider::availability));
    } catch (RuntimeException | LinkageError e) {
      return new Candidate(
          provider.getClass().getName(),
          Optional.empty(),
          Availability.because("it failed when asked for its name and rank: " + e));
    }
  }

  // Providers must not throw here; one that does is unusable, and says so.
  private static Availability answered(
      BackendProvider provider, Function<BackendProvider, Availability> question) {
    try {
      return question.apply(provider);
    } catch (RuntimeException | LinkageError e) {
      return Availability.because("it failed when asked whether it is usable: " + e);
    }
  }

  private static Backends sorted(List<Candidate> found) {
    return new Backends(
        found.stream()
            .sorted(
                Comparator.comparingInt(Candidate::rank).reversed().thenComparing(Candidate::name))
            .toList());
  }

  /** All of them, the highest rank first. */
  public List<Candidate> candidates() {
    return candidates;
  }

  /**
   * The provider of this name, if it can run this model.
   *
   * @throws BackendException if there is none of that name, or it cannot; the message says why
   */
  public BackendProvider named(String name, Checkpoint checkpoint, LoadOptions options) {
    Candidate candidate =
        candidates.stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow(() ->
                new BackendException(
                    "there is no backend '" + name + "': the class path has " + names()));
    Availability verdict = verdict(candidate, checkpoint, options);
    if (!verdict.isUsable()) {
      throw new BackendException(
          "backend '" + name + "' cannot be used: " + verdict.reason().orElse("no reason given"));
    }
    return candidate.provider().orElseThrow();
  }

  /**
   * The usable provider of the highest rank that can run this model.
   *
   * @throws BackendException if none can; the message gives the reason of each
   */
  public BackendProvider best(Checkpoint checkpoint, LoadOptions options) {
    List<String> rejections = new ArrayList<>();
    for (Candidate candidate : candidates) {
      Availability verdict = verdict(candidate, checkpoint, options);
      if (verdict.isUsable()) {
        return candidate.provider().orElseThrow();
      }
      rejections.add(candidate.name() + ": " + verdict.reason().orElse("no reason given"));
    }
    throw new BackendException(
        rejections.isEmpty()
            ? "there is no backend on the class path: add one, such as rwkv-reference"
            : "no backend can run "
                + checkpoint.source()
                + " ("
                + String.join("; ", rejections)
                + ")");
  }

  private static Availability verdict(
      Candidate candidate, Checkpoint checkpoint, LoadOptions options) {
    if (!candidate.availability().isUsable()) {
      return candidate.availability();
    }
    return answered(
        candidate.provider().orElseThrow(), provider -> provider.canLoad(checkpoint, options));
  }

  private String names() {
    return candidates.isEmpty()
        ? "none"
        : candidates.stream().map(Candidate::name).collect(Collectors.joining(", "));
  }
}

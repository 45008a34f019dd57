package dev.rwkv.conformance.mutant;

import dev.rwkv.conformance.requirement.Requirements;
import java.util.Comparator;
import java.util.List;
import org.junit.platform.commons.support.ReflectionSupport;

/** All mutants, and the page that says who kills them. */
final class Mutants {
  private Mutants() {}

  /** A mutant. */
  record Mutant(Class<?> type, Breaks breaks) {
    HonestBackend backend() throws ReflectiveOperationException {
      return (HonestBackend) type.getDeclaredConstructor().newInstance();
    }

    @Override
    public String toString() {
      return type.getSimpleName() + " by " + breaks.value();
    }
  }

  /** In the order of the requirements that they break. */
  static List<Mutant> all() {
    return ReflectionSupport.findAllClassesInPackage(
            Mutants.class.getPackageName(),
            type -> type.isAnnotationPresent(Breaks.class),
            name -> true)
        .stream()
        .map(type -> new Mutant(type, type.getAnnotation(Breaks.class)))
        .sorted(
            Comparator.comparingInt((Mutant mutant) ->
                    Requirements.all().indexOf(Requirements.of(mutant.breaks().value())))
                .thenComparing(mutant -> mutant.type().getSimpleName()))
        .toList();
  }

  /** {@code docs/kill-matrix.md}. */
  static String page() {
    StringBuilder page =
        new StringBuilder(
            """
            # Kill matrix

            Generated from the mutants of the conformance kit; do not edit. Each mutant is a backend that is
            right but for one thing. The build fails unless the requirement that it breaks kills it, with a
            violation that says so.

            | requirement | mutant | what it does |
            |---|---|---|
            """);
    for (Mutant mutant : all()) {
      page.append("| ")
          .append(mutant.breaks().value())
          .append(" | `")
          .append(mutant.type().getSimpleName())
          .append("` | ")
          .append(mutant.breaks().how())
          .append(" |\n");
    }
    return page.toString();
  }
}

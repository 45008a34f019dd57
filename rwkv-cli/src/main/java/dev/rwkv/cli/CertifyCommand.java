package dev.rwkv.cli;

import dev.rwkv.conformance.Certification;
import dev.rwkv.conformance.Summary;
import dev.rwkv.conformance.process.Supervisor;
import dev.rwkv.conformance.report.ConformanceReport;
import dev.rwkv.conformance.report.ReportFiles;
import dev.rwkv.conformance.report.RequirementResult;
import dev.rwkv.conformance.report.Verdict;
import dev.rwkv.conformance.requirement.Requirement;
import dev.rwkv.conformance.requirement.Tier;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rwkv certify}: tests a backend against the requirements, in a process of its own. */
@Command(
    name = "certify",
    description =
        "Tests a backend against the requirements. Exit code 0 only when it is certified.")
final class CertifyCommand implements Callable<Integer> {
  @ArgGroup(multiplicity = "1")
  Subject subject = new Subject();

  /** What is tested. */
  static final class Subject {
    @Option(
        names = {"-b", "--backend"},
        paramLabel = "NAME",
        description = "The backend's name, or the class name of its provider.")
    @Nullable String backend;

    @Option(
        names = "--replay",
        paramLabel = "FILE",
        description = "Try the cases of an earlier report again, and compare the verdicts.")
    @Nullable Path replay;
  }

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Write conformance-report.json and index.html into this folder.")
  @Nullable Path report;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Try the cases that follow from this seed; without it, fresh ones.")
  @Nullable Long seed;

  @Option(
      names = "--tier",
      paramLabel = "TIER",
      description =
          "How hard to look: quick (20 s), full (3 minutes, the default) or long (20 times as"
              + " many cases, for a release).")
  @Nullable Tier tier;

  @Option(
      names = "--waivers",
      paramLabel = "FILE",
      description =
          "Known failures: a JSON array of {\"id\", \"reason\", \"expires\"}. A waived MUST still"
              + " voids the certificate.")
  @Nullable Path waivers;

  @Option(
      names = "--only",
      paramLabel = "ID",
      split = ",",
      description = "Test these requirements alone; certifies nothing.")
  List<String> only = List.of();

  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Optional<ConformanceReport> earlier =
        Optional.ofNullable(subject.replay).map(ReportFiles::read);
    Certification certification = certification(earlier);
    if (report != null) {
      ReportFiles.prepare(report);
    }
    ConformanceReport result = certification.run(printer(out, certification.seed()));
    if (report != null) {
      ReportFiles.write(result, report);
    }
    earlier.ifPresent(each -> compare(each, result, out));
    out.println(Summary.of(result));
    out.flush();
    return result.certified() ? 0 : ErrorReport.FAILED;
  }

  private Certification certification(Optional<ConformanceReport> earlier) {
    Certification certification =
        earlier
            .map(Certification::replay)
            .orElseGet(() -> Certification.of(Objects.requireNonNull(subject.backend)));
    if (tier != null) {
      certification = certification.tier(tier);
    }
    if (seed != null) {
      certification = certification.seed(seed);
    }
    if (waivers != null) {
      certification = certification.waivers(ReportFiles.readWaivers(waivers));
    }
    return only.isEmpty() ? certification : certification.only(only);
  }

  private static Supervisor.Listener printer(PrintWriter out, long seed) {
    return new Supervisor.Listener() {
      private boolean begun;

      // The line of a requirement comes when it is done. A backend that is not there has no seed.
      @Override
      public void started(Requirement requirement) {
        if (!begun) {
          out.printf("seed %d%n", seed);
          out.flush();
          begun = true;
        }
      }

      @Override
      public void finished(RequirementResult result) {
        out.println(Summary.line(result));
        out.print(Summary.details(result).indent(2));
        out.flush();
      }
    };
  }

  private static void compare(ConformanceReport earlier, ConformanceReport now, PrintWriter out) {
    if (!earlier.kit().equals(now.kit())) {
      out.printf("the earlier report is of another kit: %s, not %s%n", earlier.kit(), now.kit());
    }
    for (RequirementResult result : now.requirements()) {
      Optional<Verdict> before = earlier.result(result.id()).map(RequirementResult::verdict);
      if (before.isPresent() && before.get() != result.verdict()) {
        out.printf("%s was %s%n", result.id(), before.get().label());
      }
    }
  }
}

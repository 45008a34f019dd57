package dev.rwkv.conformance.process;

import dev.rwkv.conformance.report.Backend;
import dev.rwkv.conformance.report.ReportFiles;
import dev.rwkv.conformance.requirement.Requirements;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.error.RwkvException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The process that tests a backend: does what its plan says and writes it into its journal. Its
 * standard output and error are the backend's alone.
 */
public final class Worker {
  private Worker() {}

  /**
   * Runs a plan.
   *
   * @param args the file of the plan, the file of the journal
   */
  public static void main(String[] args) throws IOException {
    RunPlan plan =
        ReportFiles.mapper().readValue(Files.readString(Path.of(args[0])), RunPlan.class);
    Journal journal = new Journal(Path.of(args[1]));
    RequirementRunner runner;
    try {
      Subject subject = Subject.named(plan.backend());
      runner = new RequirementRunner(subject, plan.tier(), plan.seed());
      journal.ready(Backend.of(subject));
    } catch (RwkvException e) {
      journal.unusable(String.valueOf(e.getMessage()));
      return;
    }
    Watchdog watchdog = new Watchdog(journal, plan.requirementLimit());
    for (String id : plan.requirements()) {
      journal.started(id);
      watchdog.watch(id);
      journal.finished(runner.run(Requirements.of(id)));
      watchdog.rest();
    }
    journal.done();
    // Threads that a backend leaves behind must not keep the process; RWKV-RES-002 is about them.
    System.exit(0);
  }
}

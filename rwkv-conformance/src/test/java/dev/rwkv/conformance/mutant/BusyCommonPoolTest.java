package dev.rwkv.conformance.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.conformance.process.RequirementRunner;
import dev.rwkv.conformance.report.RequirementResult;
import dev.rwkv.conformance.report.Verdict;
import dev.rwkv.conformance.requirement.Requirements;
import dev.rwkv.conformance.requirement.Tier;
import dev.rwkv.conformance.subject.Subject;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Whoever keeps the JVM's common pool busy, it is not the backend that is loaded afterwards. */
class BusyCommonPoolTest {
  @Test
  void isNotTakenForTheBackendsThreads() throws InterruptedException {
    AtomicBoolean done = new AtomicBoolean();
    CountDownLatch busy = new CountDownLatch(1);
    ForkJoinPool.commonPool()
        .execute(() -> {
          busy.countDown();
          while (!done.get()) {
            Thread.onSpinWait();
          }
        });
    try {
      busy.await();
      RequirementResult result =
          new RequirementRunner(Subject.of(new HonestBackend()), Tier.QUICK, 1)
              .run(Requirements.of("RWKV-DEV-002"));
      assertThat(result.verdict()).as("%s", result.failures()).isEqualTo(Verdict.PASS);
    } finally {
      done.set(true);
    }
  }
}

package dev.rwkv.vector.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.error.BackendException;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link WorkerTeam} guarantees, with fewer and more workers than processors. */
class WorkerTeamTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void aBarrierSeparatesWhatIsBeforeFromWhatIsAfter(int size) {
    try (WorkerTeam team = new WorkerTeam(size)) {
      int[] counts = new int[size];
      Assertions.assertTimeoutPreemptively(
          LIMIT,
          () -> {
            for (int run = 0; run < 20; run++) {
              team.run(worker -> {
                for (int round = 0; round < 50; round++) {
                  counts[worker]++;
                  team.barrier();
                  for (int count : counts) {
                    assertThat(count).isEqualTo(counts[worker]);
                  }
                  team.barrier();
                }
              });
            }
          });
      assertThat(counts).containsOnly(1000);
    }
  }

  @Test
  void whatAWorkerThrowsReachesTheCallerAndTheTeamWorksAgain() {
    try (WorkerTeam team = new WorkerTeam(3)) {
      for (int failing = 0; failing < 3; failing++) {
        int bad = failing;
        Error error = new AssertionError("worker " + bad);
        Assertions.assertTimeoutPreemptively(
            LIMIT,
            () ->
                assertThatThrownBy(() ->
                        team.run(worker -> {
                          team.barrier();
                          if (worker == bad) {
                            throw error;
                          }
                          team.barrier();
                        }))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("worker " + bad)
                    .hasCause(error));
        AtomicInteger done = new AtomicInteger();
        team.run(worker -> {
          team.barrier();
          done.incrementAndGet();
        });
        assertThat(done).hasValue(3);
      }
    }
  }

  @Test
  void aThreadThatIsGoneIsNoticedAndReplaced() {
    AtomicInteger made = new AtomicInteger();
    ThreadFactory firstOneDies =
        task -> {
          Thread thread = new Thread(made.getAndIncrement() == 0 ? () -> {} : task);
          thread.setDaemon(true);
          return thread;
        };
    try (WorkerTeam team = new WorkerTeam(3, firstOneDies)) {
      Assertions.assertTimeoutPreemptively(
          LIMIT,
          () ->
              assertThatThrownBy(() -> team.run(worker -> team.barrier()))
                  .isInstanceOf(BackendException.class)
                  .hasMessageContaining("is gone"));
      AtomicInteger done = new AtomicInteger();
      Assertions.assertTimeoutPreemptively(
          LIMIT,
          () ->
              team.run(worker -> {
                team.barrier();
                done.incrementAndGet();
              }));
      assertThat(done).hasValue(3);
    }
  }

  @Test
  void callersTakeTurns() throws InterruptedException {
    try (WorkerTeam team = new WorkerTeam(2)) {
      AtomicInteger inside = new AtomicInteger();
      AtomicInteger most = new AtomicInteger();
      Thread[] callers = new Thread[4];
      for (int i = 0; i < callers.length; i++) {
        callers[i] =
            Thread.ofPlatform()
                .start(() -> {
                  for (int run = 0; run < 50; run++) {
                    team.run(worker -> {
                      most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                      team.barrier();
                      inside.decrementAndGet();
                    });
                  }
                });
      }
      for (Thread caller : callers) {
        caller.join(LIMIT);
        assertThat(caller.isAlive()).isFalse();
      }
      assertThat(most.get()).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void anInterruptedCallerStillGetsItsResult() {
    try (WorkerTeam team = new WorkerTeam(2)) {
      Thread.currentThread().interrupt();
      AtomicInteger done = new AtomicInteger();
      team.run(worker -> done.incrementAndGet());
      assertThat(Thread.interrupted()).isTrue();
      assertThat(done).hasValue(2);
    }
  }
}

package dev.rwkv.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.error.ClosedException;
import dev.rwkv.error.ConcurrentUseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ResourceGateTest {

  @RepeatedTest(50)
  void itReleasesOnceAndUnderNobodyWhateverTheInterleaving() throws Exception {
    AtomicInteger released = new AtomicInteger();
    AtomicBoolean usedAfterRelease = new AtomicBoolean();
    ResourceGate gate = new ResourceGate("it", released::incrementAndGet);
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      boolean closes = i == 3;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                await(start);
                if (closes) {
                  gate.close();
                  return;
                }
                try {
                  for (int n = 0; n < 200; n++) {
                    gate.enter();
                    usedAfterRelease.compareAndSet(false, released.get() > 0);
                    gate.leave();
                  }
                } catch (ClosedException e) {
                  // It was closed while we were at it.
                }
              }));
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(released).hasValue(1);
    assertThat(usedAfterRelease).isFalse();
    assertThat(gate.isClosed()).isTrue();
  }

  @RepeatedTest(50)
  void onlyOneIsInsideAlone() throws Exception {
    ResourceGate gate = new ResourceGate("it", () -> {});
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                await(start);
                for (int n = 0; n < 200; n++) {
                  try {
                    gate.enterAlone();
                  } catch (ConcurrentUseException e) {
                    continue;
                  }
                  most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                  inside.decrementAndGet();
                  gate.leave();
                }
              }));
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(most).hasValue(1);
  }

  @Test
  void closingWhileInsideReleasesWhenTheLastOneLeaves() {
    AtomicInteger released = new AtomicInteger();
    ResourceGate gate = new ResourceGate("it", released::incrementAndGet);
    gate.enter();
    gate.enter();
    gate.close();
    gate.close();
    gate.leave();
    assertThat(released).hasValue(0);
    gate.leave();
    assertThat(released).hasValue(1);
    gate.close();
    assertThat(released).hasValue(1);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

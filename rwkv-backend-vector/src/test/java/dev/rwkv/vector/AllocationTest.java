package dev.rwkv.vector;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.rwkv.Model;
import dev.rwkv.ModelConfig;
import dev.rwkv.Session;
import dev.rwkv.checkpoint.SyntheticModel;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.DType;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A step allocates nothing once the compiler has seen it often enough.
 *
 * <p>Runs in a JVM of its own (see the POM), because the JDK's vector classes share the profiles of
 * their methods: where vectors of two widths have been at work, as in other tests, the compiler no
 * longer knows which one it has, and now and then leaves some on the heap.
 */
class AllocationTest {
  private static final int MEASURED = 200;
  private static final int MOST_WARM_UPS = 150;

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "BF16", "F16", "Q8_0", "Q5_1", "Q4_0"})
  void aWarmStepAllocatesNothing(DType precision) {
    ModelConfig config = ModelConfig.of("rwkv-4", 2, 64, 128, 70);
    LoadOptions options = LoadOptions.defaults().withThreads(2).withPrecision(precision);
    long allocated = Long.MAX_VALUE;
    try (Model model = VectorModel.load(new SyntheticModel(config, DType.F32, 1).open(), options);
        Session session = model.newSession()) {
      for (int i = 0; i < MOST_WARM_UPS && allocated > 0; i++) {
        allocated = allocatedBy(session);
      }
    }
    assertThat(allocated).as("bytes of %d steps, all threads", MEASURED).isZero();
  }

  private static long allocatedBy(Session session) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long[] ids =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread ->
                thread.equals(Thread.currentThread()) || thread.getName().startsWith("rwkv-vector"))
            .mapToLong(Thread::threadId)
            .toArray();
    threads.getThreadAllocatedBytes(ids); // its own first use
    long[] before = threads.getThreadAllocatedBytes(ids);
    long own = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < MEASURED; i++) {
      session.step(i % 70);
    }
    own = threads.getCurrentThreadAllocatedBytes() - own;
    long[] after = threads.getThreadAllocatedBytes(ids);
    long total = own;
    for (int i = 0; i < ids.length; i++) {
      total += ids[i] == Thread.currentThread().threadId() ? 0 : after[i] - before[i];
    }
    return total;
  }
}

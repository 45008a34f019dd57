package dev.rwkv.cli.bench;

import com.sun.management.ThreadMXBean;
import dev.rwkv.Model;
import dev.rwkv.ModelLoader;
import dev.rwkv.Rwkv;
import dev.rwkv.Session;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.tensor.DType;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** A loaded model and what is done with it again and again. */
final class Subject implements AutoCloseable {
  private static final long SEED = 20230522; // the paper's date; any will do
  private static final int DIFFERENT_TOKENS = 1 << 12;
  private static final long SAMPLE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST_WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final int CALM_SAMPLES = 5;
  private static final double CALM = 1.05;
  private static final int ALLOCATION_STEPS = 4;
  private static final int HEAP_SAMPLES = 20;

  private final BenchPlan plan;
  private final Model model;
  private final Session[] sessions;
  private final double timeToFirstTokenMillis;
  private final int[] tokens;
  private final int[] stepTokens;
  private final int[] prompt;
  private int next;

  private Subject(BenchPlan plan, Model model, int batch, double timeToFirstTokenMillis) {
    this.plan = plan;
    this.model = model;
    this.timeToFirstTokenMillis = timeToFirstTokenMillis;
    int vocabulary = model.config().vocabulary();
    this.tokens = new Random(SEED).ints(DIFFERENT_TOKENS, 0, vocabulary).toArray();
    this.stepTokens = new int[batch];
    this.prompt = new int[plan.prompt()];
    for (int i = 0; i < prompt.length; i++) {
      prompt[i] = tokens[i % tokens.length];
    }
    this.sessions = new Session[batch];
    for (int i = 0; i < batch; i++) {
      sessions[i] = model.newSession();
    }
  }

  /**
   * Loads the model and takes one step, timed; then makes the sessions of the batch.
   *
   * @param precision empty for as stored
   * @param threads empty for what the backend likes
   */
  static Subject load(
      BenchPlan plan, Optional<DType> precision, Optional<Integer> threads, int batch) {
    ModelLoader loader = Rwkv.with().dense(plan.dense());
    String backend = plan.backend();
    if (backend != null) {
      loader.backend(backend);
    }
    precision.ifPresent(loader::precision);
    threads.ifPresent(loader::threads);
    long start = System.nanoTime();
    Model model = loader.open(plan.model());
    try {
      try (Session session = model.newSession()) {
        session.step(0);
      }
      double millis = (System.nanoTime() - start) / 1e6;
      checkMemory(model, batch);
      return new Subject(plan, model, batch, millis);
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  private static void checkMemory(Model model, int batch) {
    long session =
        model.stateLayout().bytes(DType.F32) + DType.F32.bytes(model.config().vocabulary());
    long memory = Runtime.getRuntime().maxMemory();
    if (batch > memory / 2 / session) {
      throw new InvalidArgumentException(
          "--batch",
          batch
              + " sessions of "
              + session
              + " bytes do not fit into the "
              + (memory >> 20)
              + " MiB that Java has: measure fewer, or give it more with RWKV_JAVA_OPTS=-Xmx8g");
    }
  }

  Model model() {
    return model;
  }

  int batch() {
    return sessions.length;
  }

  double timeToFirstTokenMillis() {
    return timeToFirstTokenMillis;
  }

  /** Decodes the plan's tokens in every session; returns tokens per second, all together. */
  double decode() {
    return (double) plan.generated() * sessions.length / seconds(() -> decode(plan.generated()));
  }

  /** Reads the prompt from the start of a text; returns tokens per second. */
  double prefill() {
    return prompt.length / seconds(this::readPrompt);
  }

  private void readPrompt() {
    sessions[0].reset();
    sessions[0].prefill(prompt);
  }

  private void decode(int steps) {
    for (int step = 0; step < steps; step++) {
      for (int i = 0; i < stepTokens.length; i++) {
        stepTokens[i] = tokens[next];
        next = (next + 1) % tokens.length;
      }
      if (sessions.length == 1) {
        sessions[0].step(stepTokens[0]);
      } else {
        model.step(sessions, stepTokens);
      }
    }
  }

  /** Decodes until that gets no faster, for a limited time. */
  void warmUpDecode() {
    warmUp(() -> decode(1));
  }

  /** Reads the prompt until that gets no faster, for a limited time. */
  void warmUpPrefill() {
    warmUp(this::readPrompt);
  }

  private static void warmUp(Runnable work) {
    long start = System.nanoTime();
    long elapsed = 0;
    double best = 0;
    int calm = 0;
    while (elapsed < LONGEST_WARM_UP_NANOS && (elapsed < WARM_UP_NANOS || calm < CALM_SAMPLES)) {
      double rate = rate(work);
      calm = rate < best * CALM ? calm + 1 : 0;
      best = Math.max(best, rate);
      elapsed = System.nanoTime() - start;
    }
  }

  // Long enough that a single hiccup does not pass for calm.
  private static double rate(Runnable work) {
    long start = System.nanoTime();
    long elapsed;
    int done = 0;
    do {
      work.run();
      done++;
      elapsed = System.nanoTime() - start;
    } while (elapsed < SAMPLE_NANOS);
    return (double) done / elapsed;
  }

  /**
   * Bytes that all threads of this process allocate for a token in warm decoding: what they come
   * down to. Code that the just-in-time compiler has not got to yet allocates, and a large model
   * calls it rarely.
   */
  double bytesAllocatedPerToken() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int steps = Math.min(ALLOCATION_STEPS, plan.generated());
    long start = System.nanoTime();
    long fell = start;
    long least = Long.MAX_VALUE;
    while (least > 0
        && System.nanoTime() - fell < WARM_UP_NANOS
        && System.nanoTime() - start < LONGEST_WARM_UP_NANOS) {
      long before = threads.getTotalThreadAllocatedBytes();
      decode(steps);
      long allocated = threads.getTotalThreadAllocatedBytes() - before;
      if (allocated < least) {
        least = allocated;
        fell = System.nanoTime();
      }
    }
    return (double) least / ((long) steps * sessions.length);
  }

  /** Decodes a text from its start, token by token. */
  LongText longText(int length) {
    Session session = sessions[0];
    warmUp(() -> session.step(tokens[0]));
    session.reset();
    int every = Math.max(1, length / HEAP_SAMPLES);
    double[] seconds = new double[length];
    double[] heap = new double[1 + length / every];
    heap[0] = heapInUse();
    for (int i = 0; i < length; i++) {
      int token = tokens[i % tokens.length];
      seconds[i] = seconds(() -> session.step(token));
      if ((i + 1) % every == 0) {
        heap[(i + 1) / every] = heapInUse();
      }
    }
    return new LongText(
        model.config(),
        model.precision(),
        model.device().threads(),
        seconds,
        every,
        heap,
        model.stateLayout().bytes(DType.F32));
  }

  private static double heapInUse() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return (double) runtime.totalMemory() - runtime.freeMemory();
  }

  private static double seconds(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return Math.max(1, System.nanoTime() - start) / 1e9;
  }

  @Override
  public void close() {
    model.close();
  }
}

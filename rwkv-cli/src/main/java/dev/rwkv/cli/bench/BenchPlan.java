package dev.rwkv.cli.bench;

import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.DType;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be measured: every combination of a precision, a number of threads and a batch size.
 *
 * @param model the checkpoint
 * @param backend the backend's name; null for the best usable one
 * @param precisions what the weights are held in; empty for as stored
 * @param threads numbers of threads; empty for what the backend likes
 * @param batches numbers of sessions that are stepped together
 * @param prompt tokens of a prefill
 * @param generated tokens per session of a decode
 * @param rounds how often each is measured
 * @param longText tokens of a text whose time and memory are recorded token by token; 0 for none
 * @param dense whether weights are read although an activation is zero
 */
public record BenchPlan(
    Path model,
    @Nullable String backend,
    List<DType> precisions,
    List<Integer> threads,
    List<Integer> batches,
    int prompt,
    int generated,
    int rounds,
    int longText,
    boolean dense) {
  // A span is copied once or twice on its way, and the heap has other things to hold.
  private static final int BYTES_PER_PROMPT_TOKEN = 16;

  /**
   * Checks the numbers; a number that is given twice counts once.
   *
   * @throws InvalidArgumentException if one is not positive, too many threads, or more tokens than
   *     fit into memory; names the option
   */
  public BenchPlan {
    precisions = precisions.stream().distinct().toList();
    threads = threads.stream().distinct().toList();
    batches = batches.stream().distinct().toList();
    threads.forEach(BenchPlan::checkThreads);
    batches.forEach(batch -> checkPositive("--batch", batch, "sessions"));
    checkPositive("--prompt", prompt, "tokens");
    checkPositive("--gen", generated, "tokens");
    checkPositive("--rounds", rounds, "rounds");
    long memory = Runtime.getRuntime().maxMemory();
    if (prompt > memory / BYTES_PER_PROMPT_TOKEN) {
      throw new InvalidArgumentException(
          "--prompt",
          prompt
              + " tokens do not fit into the "
              + (memory >> 20)
              + " MiB that Java has: measure fewer, or give it more with RWKV_JAVA_OPTS=-Xmx8g");
    }
  }

  private static void checkThreads(int threads) {
    if (threads < 1 || threads > LoadOptions.MAX_THREADS) {
      throw new InvalidArgumentException(
          "--threads", threads + " is not between 1 and " + LoadOptions.MAX_THREADS);
    }
  }

  private static void checkPositive(String option, int number, String unit) {
    if (number < 1) {
      throw new InvalidArgumentException(
          option, number + " is not a number of " + unit + ": give at least 1");
    }
  }

  /** How many combinations there are. */
  public int combinations() {
    return Math.max(1, precisions.size()) * Math.max(1, threads.size()) * batches.size();
  }
}

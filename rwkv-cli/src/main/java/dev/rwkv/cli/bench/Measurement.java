package dev.rwkv.cli.bench;

import dev.rwkv.ModelConfig;
import dev.rwkv.tensor.DType;

/**
 * What came out for one combination. NaN stands for what is not known: a backend may not tell what
 * it reads, and a device other than the CPU has other limits.
 *
 * @param backend the backend that was used
 * @param model the checkpoint
 * @param config its sizes
 * @param precision what the matrices were held in
 * @param threads the threads that were really used, which may be fewer than asked for
 * @param batch sessions that were stepped together
 * @param timeToFirstTokenMillis from the beginning of the first load of this combination in this
 *     process to the logits of its first step. The JVM's own start is not in it, and a later
 *     combination finds code and pages of the file warm
 * @param bytesAllocatedPerToken on the heap, by all threads, in warm decoding
 * @param zeroShare the share of channel-mix's hidden channels that were zero
 */
public record Measurement(
    String backend,
    String model,
    ModelConfig config,
    DType precision,
    int threads,
    int batch,
    Decode decode,
    Prefill prefill,
    Machine machine,
    double timeToFirstTokenMillis,
    double bytesAllocatedPerToken,
    double zeroShare) {

  /**
   * The recurrent form.
   *
   * @param tokensPerSecond of all sessions together: batch × steps per second
   * @param bytesPerToken bytes of weights that were touched per token, zeros skipped. A step reads
   *     the weights once for the whole batch, so that it is a step's bytes ÷ batch
   * @param shareOfBandwidth bytesPerToken × tokensPerSecond ÷ read bandwidth: the part of the
   *     bandwidth that went into weights, whatever the batch. The median of the rounds, each
   *     against the bandwidth right before and after it. With a batch, arithmetic becomes the limit
   * @param shareOfPeak operations per second ÷ FMA peak, where operations are 2 × elements of all
   *     matrices but the embedding × tokens, as if nothing were skipped. The median of the rounds
   */
  public record Decode(
      Spread tokensPerSecond, double bytesPerToken, double shareOfBandwidth, double shareOfPeak) {}

  /**
   * The parallel form, of one session. It does not depend on the batch: it is measured once for a
   * precision and a number of threads, and repeated in the combinations that differ in the batch.
   *
   * @param tokens of the span
   * @param tokensPerSecond a span's tokens ÷ its time
   * @param shareOfPeak operations per second ÷ FMA peak, where operations are 2 × elements of all
   *     matrices but embedding and head × tokens, and those of the head once: as if nothing were
   *     skipped. The median of the rounds, each against the peak right before and after it
   */
  public record Prefill(int tokens, Spread tokensPerSecond, double shareOfPeak) {}

  /**
   * What as many threads of the machine could do at most, in the same rounds (medians).
   *
   * @param readBandwidthGBs 10⁹ bytes read from memory per second
   * @param fmaPeakGflops 10⁹ f32 operations per second; an FMA is two
   */
  public record Machine(double readBandwidthGBs, double fmaPeakGflops) {}
}

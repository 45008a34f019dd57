package dev.rwkv;

import dev.rwkv.error.InvalidArgumentException;

/**
 * The bytes of weights that a model reads in one step: of one token, or of one token of each
 * session of a batch, which share what is read.
 *
 * <p>Counted are the matrices as they are held, the head among them; not the embedding, of which a
 * token reads one row, nor vectors.
 *
 * @param denseBytesPerStep what a step reads that skips nothing
 * @param skippableBytesPerStep the part of it that belongs to channel-mix's value matrices, of
 *     which a hidden channel that is zero needs nothing
 * @param channelsSeen hidden channels whose zeros were counted so far; 0 where they are not
 * @param channelsZero how many of them were zero
 * @param channelsSkipped how many of those were not read
 */
public record WeightTraffic(
    long denseBytesPerStep,
    long skippableBytesPerStep,
    long channelsSeen,
    long channelsZero,
    long channelsSkipped) {

  /**
   * Checks the numbers.
   *
   * @throws InvalidArgumentException if a number is negative, or a part larger than the whole
   */
  public WeightTraffic {
    checkPart("skippableBytesPerStep", skippableBytesPerStep, denseBytesPerStep);
    checkPart("channelsZero", channelsZero, channelsSeen);
    checkPart("channelsSkipped", channelsSkipped, channelsZero);
  }

  private static void checkPart(String argument, long part, long whole) {
    if (part < 0 || whole < part) {
      throw new InvalidArgumentException(argument, part + " is not a part of " + whole);
    }
  }

  /** The share of zeros among the channels that were looked at; NaN if none were. */
  public double zeroShare() {
    return (double) channelsZero / channelsSeen;
  }

  /** The bytes that a step really read, on average: without those of channels that were skipped. */
  public double bytesPerStep() {
    double skipped = channelsSeen == 0 ? 0 : (double) channelsSkipped / channelsSeen;
    return denseBytesPerStep - skipped * skippableBytesPerStep;
  }

  /**
   * The traffic of the steps between two looks at one model.
   *
   * @param earlier what the model said then
   */
  public WeightTraffic since(WeightTraffic earlier) {
    return new WeightTraffic(
        denseBytesPerStep,
        skippableBytesPerStep,
        channelsSeen - earlier.channelsSeen,
        channelsZero - earlier.channelsZero,
        channelsSkipped - earlier.channelsSkipped);
  }
}

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
 * @param zeroShare the share of the hidden channels that were zero, and not read, in the steps so
 *     far; NaN where channels are not skipped, or none has been looked at
 */
public record WeightTraffic(long denseBytesPerStep, long skippableBytesPerStep, double zeroShare) {

  /**
   * Checks the numbers.
   *
   * @throws InvalidArgumentException if a number of bytes is negative, the part larger than the
   *     whole, or the share neither NaN nor in [0, 1]
   */
  public WeightTraffic {
    if (skippableBytesPerStep < 0 || denseBytesPerStep < skippableBytesPerStep) {
      throw new InvalidArgumentException(
          "skippableBytesPerStep",
          skippableBytesPerStep + " is not a part of " + denseBytesPerStep + " bytes");
    }
    if (zeroShare < 0 || zeroShare > 1) {
      throw new InvalidArgumentException("zeroShare", zeroShare + " is not between 0 and 1");
    }
  }

  /** The bytes that a step really read, on average: without those of channels that were zero. */
  public double bytesPerStep() {
    return denseBytesPerStep - (Double.isNaN(zeroShare) ? 0 : zeroShare * skippableBytesPerStep);
  }
}

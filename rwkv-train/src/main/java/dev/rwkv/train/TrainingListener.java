package dev.rwkv.train;

import java.nio.file.Path;
import java.util.OptionalLong;

/** Hears of everything that happens in a run, on the thread that runs it. */
public interface TrainingListener {

  /**
   * A step that was made.
   *
   * @param step how many steps are done now
   * @param steps how many there will be; empty when a time budget decides
   * @param share how much of the run is done, from 0 to 1
   * @param loss nats per token of its batch, before it
   * @param learningRate that it used
   * @param gradientNorm before clipping
   * @param tokens how many were learnt so far, in all runs together
   * @param tokensPerSecond of training alone, an average of the last steps
   * @param secondsLeft how long the run will last at this speed
   */
  record Step(
      long step,
      OptionalLong steps,
      double share,
      double loss,
      double learningRate,
      double gradientNorm,
      long tokens,
      double tokensPerSecond,
      double secondsLeft) {}

  /**
   * The validation part was read.
   *
   * @param step after how many steps
   * @param loss nats per token
   * @param bitsPerByte bits per byte of text
   * @param best whether it is the best so far
   */
  record Validation(long step, double loss, double bitsPerByte, boolean best) {}

  /** A run begins, or goes on after so many steps. */
  default void begun(long step) {}

  /** A step was made. */
  default void step(Step step) {}

  /** The validation part was read by the frozen model, without the state that is to be tuned. */
  default void validatedWithout(double loss, double bitsPerByte) {}

  /** Validation has read so many of so many batches. */
  default void validating(int done, int batches) {}

  /** The validation part was read. */
  default void validated(Validation validation) {}

  /** The model has written something after the prompt. */
  default void sampled(long step, String prompt, String text) {}

  /** A checkpoint is about to be written; what belongs to it should be safe before. */
  default void saving(long step) {}

  /** A checkpoint is complete. */
  default void saved(long step, Path checkpoint) {}

  /** The result is complete. */
  default void finished(long step, Path result) {}
}

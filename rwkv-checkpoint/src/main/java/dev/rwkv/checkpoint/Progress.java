package dev.rwkv.checkpoint;

/**
 * Hears how far the writing of a file has come: at the start of a tensor and after each part of it,
 * about once a mebibyte, always on the thread that asked for the file. What it throws ends the
 * writing, and the unfinished file is removed.
 */
@FunctionalInterface
public interface Progress {
  /** Hears nothing. */
  Progress NONE = (tensor, doneBytes, totalBytes) -> {};

  /**
   * Some bytes were written.
   *
   * @param tensor the tensor being written
   * @param doneBytes bytes of weights written so far
   * @param totalBytes bytes of weights that the file will hold
   */
  void written(String tensor, long doneBytes, long totalBytes);
}

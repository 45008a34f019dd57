package dev.rwkv.text;

/** Is told how far the prompt has been consumed, on the thread that generates. */
@FunctionalInterface
public interface PromptListener {
  /** Tells nobody. */
  PromptListener NONE = (consumed, total) -> {};

  /**
   * Called after every part of the prompt.
   *
   * @param consumed tokens of the prompt that the model has consumed
   * @param total all tokens of the prompt
   */
  void consumed(int consumed, int total);
}

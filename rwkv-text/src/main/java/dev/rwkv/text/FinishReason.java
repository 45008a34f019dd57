package dev.rwkv.text;

/** Why a generation ended. */
public enum FinishReason {
  /** The most tokens that were asked for. */
  LENGTH,
  /** A stop text, which is not part of the output. */
  STOP_TEXT,
  /** The end-of-text token or a stop token, whose text is not part of the output. */
  END_OF_TEXT,
  /** {@link Generation#cancel}. */
  CANCELLED
}

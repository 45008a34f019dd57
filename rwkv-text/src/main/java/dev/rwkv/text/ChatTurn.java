package dev.rwkv.text;

/**
 * One exchange of a conversation.
 *
 * @param message the user's, as the model was given it
 * @param reply the model's, as it generated it: usually with a space in front
 * @param finishReason why the reply ended
 * @param statistics how fast it was generated
 */
public record ChatTurn(
    String message, String reply, FinishReason finishReason, GenerationStatistics statistics) {}

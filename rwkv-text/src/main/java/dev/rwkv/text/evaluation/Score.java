package dev.rwkv.text.evaluation;

import java.util.OptionalDouble;

/**
 * The outcome of an evaluation.
 *
 * @param tokens how many tokens were predicted
 * @param loss mean negative log-likelihood per predicted token, in nats
 * @param perplexity e^loss; for LAMBADA per target word, as its papers state it
 * @param bitsPerByte the information of the predicted text over its UTF-8 length
 * @param accuracy the share of targets predicted exactly by arg-max, where there are targets
 */
public record Score(
    long tokens, double loss, double perplexity, double bitsPerByte, OptionalDouble accuracy) {}

package dev.rwkv.text.evaluation;

import dev.rwkv.Logits;

/** Scores the token that really came next. Reuses one buffer; not thread-safe. */
final class NextToken {
  private final float[] logits;

  NextToken(int vocabulary) {
    this.logits = new float[vocabulary];
  }

  /** −log softmax(logits)[token], in nats, by log-sum-exp around the maximum. */
  double negativeLogLikelihood(Logits after, int token) {
    after.copyTo(logits);
    float max = Float.NEGATIVE_INFINITY;
    for (float logit : logits) {
      max = Math.max(max, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - (double) max);
    }
    return Math.log(sum) + max - logits[token];
  }
}

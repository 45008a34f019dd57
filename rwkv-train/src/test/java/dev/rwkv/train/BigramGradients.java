package dev.rwkv.train;

import dev.rwkv.ModelConfig;

/**
 * A model without blocks, as fast gradients for tests of what is around them: the logits of the
 * next token are head · emb[token]. Plain loops in double precision. A dropout seed moves the
 * gradient a little, so that a wrong one shows.
 */
record BigramGradients(ModelConfig config) implements GradientModel {

  @Override
  public double loss(Parameters weights, Batch batch) {
    return pass(weights, batch, null);
  }

  @Override
  public double gradients(
      Parameters weights, Batch batch, Regularisation regularisation, Parameters gradients) {
    gradients.clear();
    double loss = pass(weights, batch, gradients);
    if (regularisation.dropout() > 0) {
      float[] head = gradients.values("head.weight");
      head[0] += (float) (regularisation.dropoutSeed() % 97) / 1000;
    }
    return loss;
  }

  private double pass(Parameters weights, Batch batch, Parameters gradients) {
    int width = config.width();
    int vocabulary = config.vocabulary();
    float[] embedding = weights.values("emb.weight");
    float[] head = weights.values("head.weight");
    double loss = 0;
    for (int i = 0; i < batch.predictions(); i++) {
      int token = batch.tokens()[i];
      double[] chances = new double[vocabulary];
      double sum = 0;
      for (int v = 0; v < vocabulary; v++) {
        double logit = 0;
        for (int c = 0; c < width; c++) {
          logit += (double) head[v * width + c] * embedding[token * width + c];
        }
        chances[v] = Math.exp(logit);
        sum += chances[v];
      }
      loss -= Math.log(chances[batch.targets()[i]] / sum);
      for (int v = 0; gradients != null && v < vocabulary; v++) {
        double slope = (chances[v] / sum - (v == batch.targets()[i] ? 1 : 0)) / batch.predictions();
        for (int c = 0; c < width; c++) {
          gradients.values("head.weight")[v * width + c] +=
              (float) (slope * embedding[token * width + c]);
          gradients.values("emb.weight")[token * width + c] +=
              (float) (slope * head[v * width + c]);
        }
      }
    }
    return loss / batch.predictions();
  }

  @Override
  public double stateLoss(Parameters weights, InitialState state, Batch batch) {
    throw new UnsupportedOperationException("has no state");
  }

  @Override
  public double stateGradients(
      Parameters weights, InitialState state, Batch batch, InitialState gradients) {
    throw new UnsupportedOperationException("has no state");
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}

package dev.rwkv.train.layer;

import dev.rwkv.train.Parameters;
import dev.rwkv.train.Regularisation;
import java.util.Arrays;

/** The first vectors of the residual stream: ln0 of the tokens' embeddings. */
public final class Embedding {
  private static final String NAME = "emb.weight";

  private final Workspace workspace;
  private final Norm norm;
  private final Dropout dropout;
  private final Rows embedded;
  private float[] table = new float[0];

  /** Of the model. */
  public Embedding(Workspace workspace) {
    this.workspace = workspace;
    this.norm = new Norm(workspace, "blocks.0.ln0");
    this.dropout = new Dropout(workspace, 0);
    this.embedded = workspace.rows(workspace.config().width());
  }

  /** Takes the weights of a step. */
  public void take(Parameters weights, Regularisation regularisation) {
    table = weights.values(NAME);
    norm.take(weights);
    dropout.take(regularisation);
  }

  /** y = ln0(embedding). */
  public void forward(int[] tokens, Rows y) {
    int width = embedded.width();
    workspace.eachRow(row ->
        System.arraycopy(table, tokens[row] * width, embedded.values(), embedded.at(row), width));
    norm.forward(embedded, y);
    workspace.eachRow(row -> dropout.apply(y, row));
  }

  /**
   * Back to the table.
   *
   * @param dy derivatives by the result; changed
   * @param scratch changed
   */
  public void backward(int[] tokens, Rows dy, Scratch scratch, Parameters gradients) {
    Rows de = scratch.branch;
    workspace.eachRow(row -> {
      dropout.apply(dy, row);
      de.clearRow(row);
    });
    norm.backward(embedded, dy, de, gradients);
    float[] sums = gradients.values(NAME);
    Arrays.fill(sums, 0f);
    int width = embedded.width();
    // Rows of one token are added in order, whoever does it: channels are what is shared out.
    int strip = 16;
    workspace
        .parallel()
        .each(
            (width + strip - 1) / strip,
            piece -> {
              int from = piece * strip;
              int to = Math.min(width, from + strip);
              for (int row = 0; row < workspace.count(); row++) {
                int at = tokens[row] * width;
                for (int i = from; i < to; i++) {
                  sums[at + i] += de.values()[de.at(row) + i];
                }
              }
            });
  }
}

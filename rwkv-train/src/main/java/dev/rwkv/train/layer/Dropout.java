package dev.rwkv.train.layer;

import dev.rwkv.train.Regularisation;
import dev.rwkv.vector.kernel.DropoutKernel;

/** Sets a share of the numbers to zero, the same ones forwards and backwards. */
public final class Dropout {
  private final Workspace workspace;
  private final int site;
  private int key;
  private int threshold;
  private float factor = 1;

  /**
   * At one place of a model.
   *
   * @param site another place, another choice
   */
  Dropout(Workspace workspace, int site) {
    this.workspace = workspace;
    this.site = site;
  }

  void take(Regularisation regularisation) {
    long mixed = regularisation.dropoutSeed() * 0x9e3779b97f4a7c15L + site * 0xd1342543de82ef95L;
    mixed = (mixed ^ mixed >>> 32) * 0xda942042e4dd58b5L;
    key = (int) (mixed >>> 32);
    threshold = (int) Math.round(regularisation.dropout() * DropoutKernel.HASHES);
    factor = (float) (1 / (1 - regularisation.dropout()));
  }

  /** Forwards, of one row; backwards it is the same. */
  void apply(Rows x, int row) {
    if (threshold > 0) {
      // Places are counted without padding, which depends on the width of vectors.
      int first = row * x.width();
      workspace
          .gradientKernels()
          .dropout()
          .drop(x.values(), x.at(row), x.stride(), first, key, threshold, factor);
    }
  }
}

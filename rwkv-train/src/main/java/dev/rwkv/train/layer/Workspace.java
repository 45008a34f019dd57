package dev.rwkv.train.layer;

import dev.rwkv.ModelConfig;
import dev.rwkv.vector.kernel.GradientKernels;
import dev.rwkv.vector.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * What the layers of a model share: kernels, threads, the sizes of the batch, and memory that is
 * free again when a layer is done.
 */
public final class Workspace implements AutoCloseable {
  /** Rows that one thread takes at a time; partial sums over rows are over this many. */
  static final int BLOCK = 64;

  private final ModelConfig config;
  private final Kernels kernels;
  private final GradientKernels gradientKernels;
  private final Parallel parallel;
  private final Products products;
  private final List<Rows> rows = new ArrayList<>();
  private int texts = 1;
  private int length = 1;

  /** For models of this shape. */
  public Workspace(ModelConfig config, Kernels kernels, int threads) {
    this.config = config;
    this.kernels = kernels;
    this.gradientKernels = GradientKernels.of(kernels);
    this.parallel = new Parallel(threads);
    this.products = new Products(kernels, parallel);
  }

  /** The shape of the model. */
  public ModelConfig config() {
    return config;
  }

  Kernels kernels() {
    return kernels;
  }

  GradientKernels gradientKernels() {
    return gradientKernels;
  }

  Parallel parallel() {
    return parallel;
  }

  Products products() {
    return products;
  }

  /** A width rounded up to whole panels. */
  int padded(int width) {
    int height = kernels.panelRows();
    return (width + height - 1) / height * height;
  }

  /** Rows of this width, which follow the size of the batch. */
  Rows rows(int width) {
    Rows made = new Rows(width, padded(width));
    rows.add(made);
    return made;
  }

  /** Makes room for a batch. */
  public void resize(int newTexts, int newLength) {
    texts = newTexts;
    length = newLength;
    rows.forEach(each -> each.reserve(count()));
  }

  /** B. */
  int texts() {
    return texts;
  }

  /** T. */
  int length() {
    return length;
  }

  /** B·T. */
  int count() {
    return texts * length;
  }

  /** How many blocks of rows there are. */
  int blocks() {
    return (count() + BLOCK - 1) / BLOCK;
  }

  /** Does something with every row, a block of them on one thread. */
  void eachRow(IntConsumer row) {
    eachBlock((block, from, to) -> {
      for (int i = from; i < to; i++) {
        row.accept(i);
      }
    });
  }

  /** Does something with every block of rows. */
  void eachBlock(BlockTask task) {
    parallel.each(
        blocks(), block -> task.run(block, block * BLOCK, Math.min(count(), (block + 1) * BLOCK)));
  }

  /** Whether a row is the first of its text. */
  boolean isFirst(int row) {
    return row % length == 0;
  }

  /** Whether a row is the last of its text. */
  boolean isLast(int row) {
    return row % length == length - 1;
  }

  /** Work on a block of rows. */
  @FunctionalInterface
  interface BlockTask {
    /** Rows {@code [from, to)} are block number {@code block}. */
    void run(int block, int from, int to);
  }

  @Override
  public void close() {
    parallel.close();
  }
}

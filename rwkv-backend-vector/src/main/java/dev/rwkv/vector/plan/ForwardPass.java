package dev.rwkv.vector.plan;

import dev.rwkv.WeightTraffic;
import dev.rwkv.vector.kernel.TileInputs;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Takes tokens through the model: one, a span of one text, or one of each of many texts.
 *
 * <p>All three are the same pass over rows. A row is a token; rows either follow one another in one
 * text, whose state the last row leaves, or stand each in a text of its own. One row is multiplied
 * with panels straight from memory; several with panels that are unpacked for all of them. The two
 * give the same bits unless weights are quantised: then the former adds up block by block.
 *
 * <p>Every thread runs the whole pass and does its share of each step: panels of output rows for
 * the matrices (or parts of them where there are many rows: {@link Share}), with everything that
 * needs no more than these rows right behind them, and rows of tokens for layer norms. With a
 * single row every thread computes the norms for itself, which is cheaper than to wait for another
 * one. No number depends on who computes it: the bits do not depend on the number of threads.
 *
 * <p>One pass at a time; others wait. A pass over one row allocates nothing.
 */
public final class ForwardPass {
  /** The most rows of a pass. */
  public static final int MOST_ROWS = 256;

  private final ModelPlan plan;
  private final WorkerTeam team;
  private final StateMemory layout;
  private final TimeMixStep timeMix;
  private final ChannelMixStep channelMix;
  private final Rows rows;
  private final Worker[] workers;
  private final ReentrantLock onePass = new ReentrantLock();
  private final WorkerTeam.Task task = this::work;
  private final AtomicLong taken = new AtomicLong(); // see Share

  // What is asked for.
  private int[] tokens = new int[0];
  private float @Nullable [] lastLogits;
  private float @Nullable [] allLogits;
  private float @Nullable [][] logitsOfTexts;
  private float[] headRows = new float[0];

  /**
   * A pass over these weights with these threads.
   *
   * @param dense read weights although their channel is zero, to measure that
   */
  public ForwardPass(ModelPlan plan, WorkerTeam team, boolean dense) {
    this.plan = plan;
    this.team = team;
    this.layout = new StateMemory(plan.paddedWidth());
    this.rows = new Rows(plan);
    this.workers = new Worker[team.size()];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i, team, taken, plan);
    }
    this.timeMix = new TimeMixStep(plan, layout, rows);
    this.channelMix = new ChannelMixStep(plan, layout, rows, dense);
  }

  /** Where the parts of a layer's state lie in a session's array. */
  public StateMemory stateMemory() {
    return layout;
  }

  /** What a step reads; zeros are skipped, and counted, in passes over a single row. */
  public WeightTraffic weightTraffic() {
    return channelMix.weightTraffic();
  }

  /**
   * Takes tokens of one text.
   *
   * @param state moves to the end of the span
   * @param from the first token of the span
   * @param count how many, at most {@link #MOST_ROWS}
   * @param last receives the logits after the last token, padded V; null if nobody wants them
   * @param all receives the logits after every token, [count, padded V]; or null
   */
  public void span(
      float[] state,
      int[] tokens,
      int from,
      int count,
      float @Nullable [] last,
      float @Nullable [] all) {
    onePass.lock();
    try {
      rows.ofOneText(state, from, count);
      run(tokens, last, all);
    } finally {
      onePass.unlock();
    }
  }

  /**
   * Takes one token of each of many texts.
   *
   * @param states one per text, from index {@code from} on
   * @param count how many, at most {@link #MOST_ROWS}
   * @param logits one array per text, padded V; from index {@code from} on
   */
  public void batch(float[][] states, int[] tokens, int from, int count, float[][] logits) {
    onePass.lock();
    try {
      rows.ofManyTexts(states, from, count);
      int size = count * plan.paddedVocabulary();
      if (headRows.length < size) {
        headRows = new float[size];
      }
      logitsOfTexts = logits;
      run(tokens, null, headRows);
    } finally {
      logitsOfTexts = null;
      onePass.unlock();
    }
  }

  private void run(int[] newTokens, float @Nullable [] last, float @Nullable [] all) {
    tokens = newTokens;
    lastLogits = last;
    allLogits = all;
    taken.set(0);
    try {
      team.run(task);
    } finally {
      rows.forget();
      lastLogits = null;
      allLogits = null;
    }
  }

  private void work(int number) {
    Worker worker = workers[number];
    worker.restart();
    embed(worker);
    worker.barrier();
    for (int layer = 0; layer < plan.layers().size(); layer++) {
      timeMix.run(worker, plan.layers().get(layer).timeMix(), layer);
      channelMix.run(worker, plan.layers().get(layer).channelMix(), layer);
    }
    float[] last = lastLogits;
    if (last != null) {
      head(worker, last);
    }
    float[] all = allLogits;
    if (all != null) {
      float[][] texts = logitsOfTexts;
      if (rows.count() == 1) {
        head(worker, texts == null ? all : texts[rows.firstToken()]);
      } else {
        heads(worker, all);
      }
    }
  }

  private void embed(Worker worker) {
    Activations buffers = rows.buffers();
    int width = plan.config().width();
    for (int row = worker.from(rows.count()); row < worker.to(rows.count()); row++) {
      long token = tokens[rows.firstToken() + row];
      plan.embedding().copyTo(token * width, worker.embedding, 0, width);
      for (int i = 0; i < width; i++) {
        worker.row[i] = (float) worker.embedding[i];
      }
      normalise(plan.embeddingNorm(), worker.row, 0, buffers.residual, row * buffers.stride);
    }
  }

  private void normalise(LayerPlan.Norm norm, float[] x, int xAt, float[] y, int yAt) {
    plan.kernels()
        .layerNorm()
        .normalise(
            x,
            xAt,
            norm.gain(),
            norm.bias(),
            plan.config().width(),
            plan.config().layerNormEpsilon(),
            y,
            yAt);
  }

  private void head(Worker worker, float[] logits) {
    Activations buffers = rows.buffers();
    normalise(
        plan.outputNorm(), buffers.residual, (rows.count() - 1) * buffers.stride, worker.row, 0);
    Share share = worker.share(plan.head().panels(), 1);
    while (share.next()) {
      plan.head()
          .multiply(share.firstPanel(0), share.endPanel(0), worker.row, logits, worker.product);
    }
  }

  private void heads(Worker worker, float[] logits) {
    Activations buffers = rows.buffers();
    TileInputs normed = buffers.inputs.key.rows; // free after the last layer
    for (int row = worker.from(rows.count()); row < worker.to(rows.count()); row++) {
      normalise(plan.outputNorm(), buffers.residual, row * buffers.stride, worker.row, 0);
      normed.put(row, worker.row, 0, 0, plan.paddedWidth());
    }
    worker.barrier();
    Share share = worker.share(plan.head().panels(), rows.count());
    float[][] texts = logitsOfTexts;
    while (share.next()) {
      plan.head().multiply(share, normed, logits, plan.paddedVocabulary(), worker.product);
      if (texts != null) {
        handOut(share, logits, texts);
      }
    }
  }

  private void handOut(Share share, float[] logits, float[][] texts) {
    int height = plan.kernels().panelRows();
    for (int i = 0; i < share.pieces(); i++) {
      int from = share.firstPanel(i) * height;
      int count = share.endPanel(i) * height - from;
      for (int row = share.firstRow(i); row < share.endRow(i); row++) {
        float[] own = texts[rows.firstToken() + row];
        System.arraycopy(logits, row * plan.paddedVocabulary() + from, own, from, count);
      }
    }
  }
}

package dev.rwkv.vector.plan;

import java.util.concurrent.atomic.AtomicLong;

/** One thread's share of a pass, and the memory that is its own. */
final class Worker {
  final int number;
  final float[] row;
  final float[] previous;
  final double[] embedding;
  final Activations.Inputs inputs;
  final ProductScratch product;
  final int[] live;
  final float[] values;
  private final WorkerTeam team;
  private final Share share;

  Worker(int number, WorkerTeam team, AtomicLong taken, ModelPlan plan) {
    this.number = number;
    this.team = team;
    this.share = new Share(taken, team.size());
    int width = plan.paddedWidth();
    this.row = new float[width];
    this.previous = new float[width];
    this.embedding = new double[plan.config().width()];
    this.inputs = new Activations.Inputs(width, plan.kernels().tile());
    this.product = new ProductScratch(plan.kernels());
    this.live = new int[plan.paddedFeedForward()];
    this.values = new float[plan.paddedFeedForward()];
  }

  /** The first of {@code count} things that is this worker's. */
  int from(int count) {
    return (int) ((long) count * number / team.size());
  }

  /** The first of {@code count} things that is the next worker's. */
  int to(int count) {
    return (int) ((long) count * (number + 1) / team.size());
  }

  /** Begins a pass. */
  void restart() {
    share.restart();
  }

  /** This worker's share of a matrix of so many panels times rows; good until the next call. */
  Share share(int panels, int rows) {
    return share.of(panels, rows);
  }

  int teamSize() {
    return team.size();
  }

  void barrier() {
    team.barrier();
  }
}

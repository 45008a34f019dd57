package dev.rwkv.vector.plan;

/** One thread's share of a pass, and the memory that is its own. */
final class Worker {
  final int number;
  final float[] row;
  final float[] previous;
  final double[] embedding;
  final Activations.Inputs inputs;
  final ProductScratch product = new ProductScratch();
  final int[] channels;
  final float[] values;
  private final WorkerTeam team;

  Worker(int number, WorkerTeam team, ModelPlan plan) {
    this.number = number;
    this.team = team;
    int width = plan.paddedWidth();
    this.row = new float[width];
    this.previous = new float[width];
    this.embedding = new double[plan.config().width()];
    this.inputs = new Activations.Inputs(width, plan.kernels().tile());
    this.channels = new int[plan.paddedFeedForward()];
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

  int teamSize() {
    return team.size();
  }

  void barrier() {
    team.barrier();
  }
}

package dev.rwkv.train.layer;

/** Rows that layers use one after the other. */
public final class Scratch {
  final Rows mixed;
  final Rows key;
  final Rows value;
  final Rows gated;
  final Rows branch;
  final Rows hidden;
  final Rows dhidden;

  /** For the layers of one model. */
  public Scratch(Workspace workspace) {
    int width = workspace.config().width();
    this.mixed = workspace.rows(width);
    this.key = workspace.rows(width);
    this.value = workspace.rows(width);
    this.gated = workspace.rows(width);
    this.branch = workspace.rows(width);
    this.hidden = workspace.rows(workspace.config().feedForwardWidth());
    this.dhidden = workspace.rows(workspace.config().feedForwardWidth());
  }
}

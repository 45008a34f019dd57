package dev.rwkv.vector.plan;

import dev.rwkv.vector.kernel.TileKernel;

/**
 * What one worker multiplies of a matrix in a pass over several rows: a run of pieces, each some
 * panels times some rows.
 *
 * <p>Panels are few: 12 of 64 rows with C = 768, of which sixteen threads would leave four idle,
 * and eight would take two where one and a half is their share. So a share begins and ends within a
 * panel where it has to, at a tile of tokens. Where the panels can be divided by the team, it does
 * not, and every panel is unpacked once. Reused; not thread-safe.
 */
final class Share {
  // Tiles never reach over the border of a share.
  private static final int STEP = TileKernel.BORDER;

  private final int number;
  private final int team;
  private final int[] firstPanel = new int[3];
  private final int[] endPanel = new int[3];
  private final int[] firstRow = new int[3];
  private final int[] endRow = new int[3];
  private int pieces;

  /**
   * The shares of one worker.
   *
   * @param team the number of workers
   */
  Share(int number, int team) {
    this.number = number;
    this.team = team;
  }

  /** Whether shares of so many panels and rows begin or end within a panel. */
  static boolean cutsPanels(int panels, int rows, int team) {
    return rows > STEP && panels % team != 0;
  }

  /** Sets it to the worker's share of all panels times all rows. */
  Share of(int panels, int rows) {
    int steps = (rows + STEP - 1) / STEP;
    long all = (long) panels * steps;
    int from = (int) (all * number / team);
    int to = (int) (all * (number + 1) / team);
    int first = from / steps;
    int end = to / steps;
    pieces = 0;
    if (first == end) {
      add(first, first + 1, from % steps, to % steps, rows);
      return this;
    }
    if (from % steps != 0) {
      add(first, first + 1, from % steps, steps, rows);
      first++;
    }
    add(first, end, 0, steps, rows);
    add(end, end + 1, 0, to % steps, rows);
    return this;
  }

  private void add(int panel, int panelEnd, int step, int stepEnd, int rows) {
    if (panel < panelEnd && step < stepEnd) {
      firstPanel[pieces] = panel;
      endPanel[pieces] = panelEnd;
      firstRow[pieces] = step * STEP;
      endRow[pieces] = Math.min(rows, stepEnd * STEP);
      pieces++;
    }
  }

  /** How many pieces there are, at most three. */
  int pieces() {
    return pieces;
  }

  int firstPanel(int piece) {
    return firstPanel[piece];
  }

  int endPanel(int piece) {
    return endPanel[piece];
  }

  int firstRow(int piece) {
    return firstRow[piece];
  }

  int endRow(int piece) {
    return endRow[piece];
  }
}

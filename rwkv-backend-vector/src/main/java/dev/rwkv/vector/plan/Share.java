package dev.rwkv.vector.plan;

import dev.rwkv.vector.kernel.TileKernel;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one worker multiplies of a matrix: runs of pieces, each some panels times some rows, that it
 * takes while there are any.
 *
 * <p>Workers are not equally fast, and which is the slower changes: a processor has cores of two
 * kinds, or another program or another virtual machine uses one of them. So nothing is divided
 * beforehand. A worker takes half of what would be its part of the rest, and the last pieces are
 * small; who is late finds less left.
 *
 * <p>Panels are few: 12 of 64 rows with C = 768. With many rows a run therefore begins and ends
 * within a panel where little is left, at a tile of tokens. Elsewhere it does not, and every panel
 * is unpacked once.
 *
 * <p>All workers of a team ask for the same products in the same order. Reused; not thread-safe.
 */
final class Share {
  // Tiles never reach over the border of a piece.
  private static final int STEP = TileKernel.BORDER;

  // A quarter of a panel is the least that is worth unpacking it for.
  private static final int PARTS = 4;

  // Two panels take one row hardly longer than one does, see PanelKernel.
  private static final int PANELS_OF_ONE_ROW = 2;

  /** The product in the upper half, and in the lower how many steps of it are taken. */
  private final AtomicLong taken;

  private final int team;
  private final int[] firstPanel = new int[3];
  private final int[] endPanel = new int[3];
  private final int[] firstRow = new int[3];
  private final int[] endRow = new int[3];
  private int product;
  private int rows;
  private int together;
  private int steps;
  private int all;
  private int least;
  private int pieces;

  /**
   * The shares of one worker.
   *
   * @param taken the team's; 0 before a pass
   * @param team the number of workers
   */
  Share(AtomicLong taken, int team) {
    this.taken = taken;
    this.team = team;
  }

  /** Begins a pass: the next product is the first one. */
  void restart() {
    product = 0;
  }

  /** Begins the next product, of so many panels with so many rows. Nothing is taken yet. */
  Share of(int panels, int newRows) {
    int tiles = (newRows + STEP - 1) / STEP;
    product++;
    rows = newRows;
    steps = team > 1 && tiles >= PARTS ? tiles : 1;
    all = panels * steps;
    together = newRows == 1 && panels > team ? PANELS_OF_ONE_ROW : 1;
    least = Math.max(together, steps / PARTS);
    return this;
  }

  /** Whether pieces may begin or end within a panel. */
  boolean cutsPanels() {
    return steps > 1;
  }

  /** Takes the next run; false if nothing is left. */
  boolean next() {
    long before = (long) product << Integer.SIZE;
    while (true) {
      long seen = taken.get();
      if (seen >>> Integer.SIZE > product) {
        return false; // others are at the next product: nothing of this one is left
      }
      int from = seen < before ? 0 : (int) seen;
      if (from == all) {
        return false;
      }
      int to = from + size(from);
      if (taken.compareAndSet(seen, before + to)) {
        setPieces(from, to);
        return true;
      }
    }
  }

  private int size(int from) {
    int rest = all - from;
    if (team == 1) {
      return rest;
    }
    int size = Math.max(rest / (2 * team), least);
    if (size >= steps) {
      size -= (from + size) % steps; // to the end of a panel
    }
    return Math.min(size + size % together, rest);
  }

  private void setPieces(int from, int to) {
    int first = from / steps;
    int end = to / steps;
    pieces = 0;
    if (first == end) {
      add(first, first + 1, from % steps, to % steps);
      return;
    }
    if (from % steps != 0) {
      add(first, first + 1, from % steps, steps);
      first++;
    }
    add(first, end, 0, steps);
    add(end, end + 1, 0, to % steps);
  }

  private void add(int panel, int panelEnd, int step, int stepEnd) {
    if (panel < panelEnd && step < stepEnd) {
      firstPanel[pieces] = panel;
      endPanel[pieces] = panelEnd;
      firstRow[pieces] = step * STEP;
      endRow[pieces] = stepEnd == steps ? rows : stepEnd * STEP;
      pieces++;
    }
  }

  /** How many pieces the run has: one of whole panels, or at most three. */
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

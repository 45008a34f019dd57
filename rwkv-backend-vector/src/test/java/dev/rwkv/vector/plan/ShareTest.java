package dev.rwkv.vector.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.vector.kernel.TileKernel;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The shares of all workers are everything once, and as large as one another. */
class ShareTest {

  @Property
  void everythingIsDoneOnceAndEvenly(
      @ForAll @IntRange(min = 1, max = 40) int panels,
      @ForAll @IntRange(min = 1, max = 256) int rows,
      @ForAll @IntRange(min = 1, max = 50) int team) {
    int[][] done = new int[panels][rows];
    int most = (panels * tiles(rows) + team - 1) / team;
    for (int number = 0; number < team; number++) {
      Share share = new Share(number, team).of(panels, rows);
      int size = 0;
      for (int i = 0; i < share.pieces(); i++) {
        assertThat(share.firstRow(i) % TileKernel.BORDER).isZero();
        int width = share.endPanel(i) - share.firstPanel(i);
        size += tiles(share.endRow(i) - share.firstRow(i)) * width;
        for (int panel = share.firstPanel(i); panel < share.endPanel(i); panel++) {
          for (int row = share.firstRow(i); row < share.endRow(i); row++) {
            done[panel][row]++;
          }
        }
      }
      assertThat(size).isLessThanOrEqualTo(most);
    }
    assertThat(Arrays.stream(done).flatMapToInt(Arrays::stream)).containsOnly(1);
  }

  private static int tiles(int rows) {
    return (rows + TileKernel.BORDER - 1) / TileKernel.BORDER;
  }

  @Property
  void panelsAreWholeUnlessItIsSaidThatTheyAreCut(
      @ForAll @IntRange(min = 1, max = 40) int panels,
      @ForAll @IntRange(min = 1, max = 256) int rows,
      @ForAll @IntRange(min = 1, max = 50) int team) {
    boolean cut = false;
    for (int number = 0; number < team; number++) {
      Share share = new Share(number, team).of(panels, rows);
      for (int i = 0; i < share.pieces(); i++) {
        cut |= share.firstRow(i) > 0 || share.endRow(i) < rows;
      }
    }
    assertThat(cut && !Share.cutsPanels(panels, rows, team)).isFalse();
  }
}

package dev.rwkv.vector.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.vector.kernel.TileKernel;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What all workers take is everything once, however fast each of them is. */
class ShareTest {

  @Property
  void everythingIsTakenOnceWhoeverIsTheFastest(
      @ForAll @IntRange(min = 1, max = 40) int panels,
      @ForAll @IntRange(min = 1, max = 256) int rows,
      @ForAll @IntRange(min = 1, max = 20) int team,
      @ForAll long seed) {
    int products = 3;
    int[][][] done = new int[products][panels][rows];
    Random random = new Random(seed);
    AtomicLong taken = new AtomicLong();
    Share[] shares = new Share[team];
    Arrays.setAll(shares, i -> new Share(taken, team).of(panels, rows));
    int[] product = new int[team];
    // Nobody waits: one may be at the last product when another begins the first.
    for (int ready = 0; ready < team; ) {
      int who = random.nextInt(1 + random.nextInt(team)); // some are slow
      if (product[who] == products) {
        continue;
      }
      if (shares[who].next()) {
        count(shares[who], rows, done[product[who]]);
        continue;
      }
      product[who]++;
      shares[who].of(panels, rows);
      ready += product[who] == products ? 1 : 0;
    }
    for (int[][] one : done) {
      assertThat(Arrays.stream(one).flatMapToInt(Arrays::stream)).containsOnly(1);
    }
  }

  private static void count(Share share, int rows, int[][] done) {
    assertThat(share.pieces()).isBetween(1, 3);
    for (int i = 0; i < share.pieces(); i++) {
      assertThat(share.firstRow(i) % TileKernel.BORDER).isZero();
      if (!share.cutsPanels()) {
        assertThat(share.pieces()).isEqualTo(1);
        assertThat(share.firstRow(i)).isZero();
        assertThat(share.endRow(i)).isEqualTo(rows);
      }
      for (int panel = share.firstPanel(i); panel < share.endPanel(i); panel++) {
        for (int row = share.firstRow(i); row < share.endRow(i); row++) {
          done[panel][row]++;
        }
      }
    }
  }

  @Property
  void allAreReadyAtTheSameTimeThoughSomeAreSlower(
      @ForAll @IntRange(min = 1, max = 200) int panels,
      @ForAll @IntRange(min = 1, max = 256) int rows,
      @ForAll @IntRange(min = 2, max = 20) int team) {
    AtomicLong taken = new AtomicLong();
    Share[] shares = new Share[team];
    Arrays.setAll(shares, i -> new Share(taken, team).of(panels, rows));
    long[] busyUntil = new long[team];
    double speed = 0;
    for (int i = 0; i < team; i++) {
      speed += 1.0 / slowness(i);
    }
    while (true) {
      int free = 0;
      for (int i = 1; i < team; i++) {
        free = busyUntil[i] < busyUntil[free] ? i : free;
      }
      if (!shares[free].next()) {
        break;
      }
      busyUntil[free] += size(shares[free]) * slowness(free);
    }
    // Half of its part of the rest takes a slow one no longer than others need for what remains;
    // only the smallest runs do, of two panels of one row, and of one of more.
    long smallest = rows == 1 ? 2 : rows;
    double together = (double) panels * rows / speed;
    assertThat((double) Arrays.stream(busyUntil).max().orElseThrow())
        .isLessThanOrEqualTo(together + smallest * slowness(1));
  }

  @Property
  void nobodyTakesTwoPanelsWhereThereIsOneForEach(
      @ForAll @IntRange(min = 1, max = 40) int panels,
      @ForAll @IntRange(min = 1, max = 256) int rows,
      @ForAll @IntRange(min = 0, max = 20) int more) {
    Share share = new Share(new AtomicLong(), panels + more).of(panels, rows);
    assertThat(share.next()).isTrue();
    assertThat(size(share)).isLessThanOrEqualTo(rows);
  }

  private static int slowness(int worker) {
    return 1 + worker % 2;
  }

  private static long size(Share share) {
    long size = 0;
    for (int i = 0; i < share.pieces(); i++) {
      int panels = share.endPanel(i) - share.firstPanel(i);
      size += (long) panels * (share.endRow(i) - share.firstRow(i));
    }
    return size;
  }
}

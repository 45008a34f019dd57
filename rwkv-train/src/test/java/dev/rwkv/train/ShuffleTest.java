package dev.rwkv.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ShuffleTest {

  @Property(tries = 200)
  void everyNumberComesOnce(@ForAll @IntRange(min = 1, max = 700) int size, @ForAll long key) {
    Shuffle shuffle = new Shuffle(size, key);

    assertThat(LongStream.range(0, size).map(shuffle::at).sorted().toArray())
        .isEqualTo(LongStream.range(0, size).toArray());
  }

  @Test
  void anotherKeyIsAnotherOrderAndNeitherIsTheNaturalOne() {
    long[] natural = LongStream.range(0, 1000).toArray();
    long[] one = LongStream.range(0, 1000).map(new Shuffle(1000, 1)::at).toArray();
    long[] other = LongStream.range(0, 1000).map(new Shuffle(1000, 2)::at).toArray();

    assertThat(one).isNotEqualTo(natural).isNotEqualTo(other);
    // Of a random order about one number stands in its place.
    assertThat(LongStream.range(0, 1000).filter(i -> one[(int) i] == i).count()).isLessThan(10);
  }

  @Test
  void sizesBeyondAnIntWork() {
    long size = 5_000_000_000L;

    assertThat(new Shuffle(size, 3).at(size - 1)).isBetween(0L, size - 1);
  }
}

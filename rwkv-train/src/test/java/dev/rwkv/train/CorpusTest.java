package dev.rwkv.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rwkv.text.Tokenizer;
import dev.rwkv.text.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusTest {
  @TempDir Path folder;

  /** The number of each place, in two bytes of 6 bits, so that every window says where it is. */
  private Corpus numbered(int places, double validation) throws IOException {
    byte[] text = new byte[2 * places];
    for (int i = 0; i < places; i++) {
      text[2 * i] = (byte) (0x80 | i >> 6);
      text[2 * i + 1] = (byte) (i & 63);
    }
    Path file = folder.resolve("numbered.txt");
    Files.write(file, text);
    return Corpus.open(file, Tokenizers.bytes(), validation);
  }

  /** Where a window begins, found in the file itself. */
  private static int place(byte[] text, Batch batch, int row) {
    for (int at = 0; at + batch.length() < text.length; at++) {
      boolean equal = true;
      for (int t = 0; t < batch.length() && equal; t++) {
        equal =
            batch.tokens()[row * batch.length() + t] == Byte.toUnsignedInt(text[at + t])
                && batch.targets()[row * batch.length() + t]
                    == Byte.toUnsignedInt(text[at + t + 1]);
      }
      if (equal) {
        return at;
      }
    }
    throw new AssertionError("the window is not in the text");
  }

  @Test
  void anEpochLearnsEveryTokenAtMostOnceAndMissesLessThanTwoWindows() throws IOException {
    int length = 7;
    try (Corpus corpus = numbered(500, 0.1)) {
      byte[] text = Files.readAllBytes(folder.resolve("numbered.txt"));
      long windows = corpus.windows(length);
      int[][] starts = new int[2][];
      for (int epoch = 0; epoch < 2; epoch++) {
        BitSet seen = new BitSet();
        starts[epoch] = new int[(int) windows];
        for (int i = 0; i < windows; i++) {
          Batch batch = corpus.batch(42, epoch * windows + i, 1, length);
          int start = place(text, batch, 0);
          starts[epoch][i] = start;
          for (int t = 1; t <= length; t++) {
            assertThat(seen.get(start + t)).as("target %s", start + t).isFalse();
            seen.set(start + t);
          }
          assertThat((long) start + length).isLessThan(corpus.trainingTokens());
        }
        assertThat(seen.cardinality()).isGreaterThan((int) corpus.trainingTokens() - 2 * length);
      }
      assertThat(starts[0]).isNotEqualTo(starts[1]);
      int[] sorted = starts[0].clone();
      Arrays.sort(sorted);
      assertThat(sorted).isNotEqualTo(starts[0]);
    }
  }

  @Test
  void aBatchFollowsFromKeyAndStepAlone() throws IOException {
    try (Corpus corpus = numbered(500, 0.1)) {
      Batch batch = corpus.batch(1, 5, 3, 8);
      corpus.batch(1, 6, 3, 8);

      assertThat(corpus.batch(1, 5, 3, 8).tokens()).isEqualTo(batch.tokens());
      assertThat(corpus.batch(2, 5, 3, 8).tokens()).isNotEqualTo(batch.tokens());
    }
  }

  @Test
  void validationPredictsEveryTokenButTheFirstOnce() throws IOException {
    for (int length : new int[] {1, 6, 7, 99, 100, 1000}) {
      try (Corpus corpus = numbered(500, 0.1)) {
        assertThat(corpus.validationTokens()).isEqualTo(100);
        int[] inputs = new int[0];
        int[] targets = new int[0];
        int batches = corpus.validationBatches(3, length);
        for (int i = 0; i < batches; i++) {
          Batch batch = corpus.validationBatch(i, 3, length);
          inputs = concat(inputs, batch.tokens());
          targets = concat(targets, batch.targets());
        }
        byte[] text = Files.readAllBytes(folder.resolve("numbered.txt"));
        assertThat(inputs).hasSize(99);
        for (int i = 0; i < 99; i++) {
          assertThat(inputs[i]).isEqualTo(Byte.toUnsignedInt(text[900 + i]));
          assertThat(targets[i]).isEqualTo(Byte.toUnsignedInt(text[901 + i]));
        }
      }
    }
  }

  private static int[] concat(int[] one, int[] other) {
    int[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  @Test
  void wordsAreTokenisedInPartsWithoutLossOrCutTokens() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; text.length() < 3 << 20; i++) {
      text.append("Line ").append(i).append(" of a größerer Text,  with  spaces\n");
      text.append(i % 5 == 0 ? "\n" : "");
    }
    Path file = folder.resolve("words.txt");
    Files.writeString(file, text);
    Tokenizer world = Tokenizers.world();
    int[] whole = world.encode(text.toString());

    try (Corpus corpus = Corpus.open(file, world, 0.25)) {
      assertThat(corpus.trainingTokens() + corpus.validationTokens()).isEqualTo(whole.length);
      long training = corpus.trainingTokens();
      Batch batch = corpus.validationBatch(0, 1, (int) corpus.validationTokens() - 1);
      assertThat(batch.tokens())
          .isEqualTo(Arrays.copyOfRange(whole, (int) training, whole.length - 1));
      long bytes = 0;
      for (int i = (int) training + 1; i < whole.length; i++) {
        bytes += world.bytes(whole[i]).length;
      }
      assertThat(corpus.bytesPerValidationToken())
          .isCloseTo((double) bytes / batch.predictions(), within(1e-12));
    }
  }

  @Test
  void theHashIsThatOfTheFile() throws IOException {
    Path file = folder.resolve("abc");
    Files.writeString(file, "abc");
    try (Corpus corpus = Corpus.open(file, Tokenizers.bytes(), 0)) {
      // FIPS 180-4, appendix B.1
      assertThat(corpus.sha256())
          .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
      assertThat(corpus.validationBatches(4, 4)).isZero();
    }
  }

  @Test
  void whatCannotBeUsedIsRefusedWithItsName() throws IOException {
    assertThatThrownBy(() -> Corpus.open(folder.resolve("none"), Tokenizers.bytes(), 0))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("none: there is no such file");
    assertThatThrownBy(() -> Corpus.open(folder, Tokenizers.bytes(), 0))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("is not a file");
    Path empty = Files.createFile(folder.resolve("empty"));
    assertThatThrownBy(() -> Corpus.open(empty, Tokenizers.bytes(), 0))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("nothing to learn from");
    Path latin = folder.resolve("latin");
    Files.write(latin, new byte[] {'a', (byte) 0xE4, 'b'});
    assertThatThrownBy(() -> Corpus.open(latin, Tokenizers.world(), 0))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("not UTF-8");
    Corpus.open(latin, Tokenizers.bytes(), 0).close();
    try (Corpus shortText = numbered(5, 0)) {
      assertThat(shortText.windows(9)).isEqualTo(1);
      assertThatThrownBy(() -> shortText.windows(10))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("at least 11");
    }
  }
}

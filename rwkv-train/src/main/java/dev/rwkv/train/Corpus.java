package dev.rwkv.train;

import dev.rwkv.text.Tokenizer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A text to learn from, in tokens: the beginning for training, the end for validation.
 *
 * <p>Training texts are windows of T tokens, each with the token that follows it. They are drawn in
 * epochs: the windows of an epoch lie side by side and are taken in a random order, so that in an
 * epoch every token is learnt once; where the first window begins differs from epoch to epoch, so
 * that not always the same tokens lack their past. That spends few steps on repetitions, which
 * matters for a small corpus; for one larger than the run it is the same as random windows.
 * Everything follows from seed and step, so that a resumed run needs no saved generator.
 *
 * <p>The file is mapped and must not change. Reading is safe for any thread.
 */
public final class Corpus implements AutoCloseable {
  private final Path file;
  private final String sha256;
  private final TokenSequence tokens;
  private final long trainingTokens;
  private final double bytesPerValidationToken;
  private final Arena arena;

  private Corpus(
      Path file, Tokenizer tokenizer, double validationShare, MemorySegment text, Arena arena) {
    this.file = file;
    this.arena = arena;
    this.sha256 = sha256(text);
    this.tokens = TokenSequence.of(file, text, tokenizer, arena);
    long validation = Math.round(tokens.size() * validationShare);
    this.trainingTokens = tokens.size() - validation;
    this.bytesPerValidationToken = bytesPerToken(tokenizer, validation);
  }

  /**
   * Maps a file and tokenises it.
   *
   * @param validationShare how much of its end is for validation, from 0 to less than 1
   * @throws TrainingException if it is missing, empty, or not UTF-8 although its tokens are words
   */
  public static Corpus open(Path file, Tokenizer tokenizer, double validationShare) {
    Arena arena = Arena.ofShared();
    try {
      return new Corpus(file, tokenizer, validationShare, map(file, arena), arena);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  private static MemorySegment map(Path file, Arena arena) {
    if (!Files.isRegularFile(file)) {
      throw new TrainingException(
          file + (Files.exists(file) ? ": is not a file" : ": there is no such file"));
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() == 0) {
        throw new TrainingException(file + ": is empty, there is nothing to learn from");
      }
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (IOException e) {
      throw new TrainingException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static String sha256(MemorySegment text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (long from = 0; from < text.byteSize(); from += 1 << 24) {
        long size = Math.min(1 << 24, text.byteSize() - from);
        digest.update(text.asSlice(from, size).asByteBuffer());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  private double bytesPerToken(Tokenizer tokenizer, long validation) {
    long bytes = 0;
    for (long i = trainingTokens + 1; i < tokens.size(); i++) {
      bytes += tokenizer.bytes(tokens.get(i)).length;
    }
    return validation < 2 ? 1 : (double) bytes / (validation - 1);
  }

  /** The SHA-256 of the file, in hexadecimal digits. */
  public String sha256() {
    return sha256;
  }

  /** How many tokens are for training. */
  public long trainingTokens() {
    return trainingTokens;
  }

  /** How many tokens are for validation. */
  public long validationTokens() {
    return tokens.size() - trainingTokens;
  }

  /** How many bytes of text a token of the validation part stands for, on average. */
  public double bytesPerValidationToken() {
    return bytesPerValidationToken;
  }

  /**
   * How many windows of this length there are in an epoch.
   *
   * @throws TrainingException if the training part is too short for one
   */
  public long windows(int length) {
    if (trainingTokens <= length) {
      throw new TrainingException(
          file
              + ": its training part has "
              + trainingTokens
              + " tokens: a context of "
              + length
              + " needs at least "
              + (length + 1L));
    }
    // Room for the first window to begin anywhere in the first T tokens.
    return Math.max(1, (trainingTokens - length) / length);
  }

  /**
   * The texts of a step.
   *
   * @param key of the random order; the seed, and the part of the run
   * @param step from 0, within that part of the run
   * @param texts B
   * @param length T
   * @throws TrainingException if the training part is too short for one text
   */
  public Batch batch(long key, long step, int texts, int length) {
    long windows = windows(length);
    long slack = trainingTokens - 1 - windows * length;
    long[] starts = new long[texts];
    for (int text = 0; text < texts; text++) {
      long number = step * texts + text;
      long epoch = number / windows;
      long epochKey = CounterRandom.bits(key, epoch);
      long first = CounterRandom.below(slack + 1, epochKey);
      starts[text] = first + length * new Shuffle(windows, epochKey).at(number % windows);
    }
    return batch(starts, length);
  }

  /** How many batches {@link #validationBatch} has. */
  public int validationBatches(int texts, int length) {
    long predictions = Math.max(0, validationTokens() - 1);
    long whole = predictions / length;
    return Math.toIntExact(Math.ceilDiv(whole, texts) + (predictions % length > 0 ? 1 : 0));
  }

  /**
   * The validation part in windows side by side; the last batch is what remains, one text shorter
   * than T. All batches together predict every token but the first once.
   */
  public Batch validationBatch(int index, int texts, int length) {
    long predictions = validationTokens() - 1;
    long whole = predictions / length;
    long done = (long) index * texts;
    if (done >= whole) {
      return batch(new long[] {trainingTokens + whole * length}, (int) (predictions % length));
    }
    long[] starts = new long[(int) Math.min(texts, whole - done)];
    for (int text = 0; text < starts.length; text++) {
      starts[text] = trainingTokens + (done + text) * length;
    }
    return batch(starts, length);
  }

  private Batch batch(long[] starts, int length) {
    int[] inputs = new int[starts.length * length];
    int[] targets = new int[inputs.length];
    for (int text = 0; text < starts.length; text++) {
      for (int t = 0; t < length; t++) {
        inputs[text * length + t] = tokens.get(starts[text] + t);
        targets[text * length + t] = tokens.get(starts[text] + t + 1);
      }
    }
    return new Batch(starts.length, length, inputs, targets);
  }

  /** Lets the file go. */
  @Override
  public void close() {
    arena.close();
  }
}

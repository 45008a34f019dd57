package dev.rwkv.reference;

import dev.rwkv.ModelConfig;
import dev.rwkv.State;
import dev.rwkv.checkpoint.architecture.Architectures;
import dev.rwkv.checkpoint.architecture.Rwkv4Weights;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.error.NonFiniteException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.TensorView;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Finds where in a model an answer comes from: the causal trace of Meng et al. (2022, Locating and
 * Editing Factual Associations in GPT), as the paper's appendix I does it for RWKV (figure 11).
 *
 * <p>Three kinds of runs of one prompt are compared by the probability of one answer after its last
 * token:
 *
 * <ol>
 *   <li>the <em>clean</em> run;
 *   <li>the <em>corrupted</em> run: Gaussian noise is added to the embeddings of the tokens that
 *       name the subject, before ln0;
 *   <li>for every token t and layer l, the <em>restored</em> run: corrupted, but the residual
 *       stream of token t after block l is that of the clean run. Later blocks of this token and of
 *       all later tokens see the difference; the states of block l and of those below do not.
 * </ol>
 *
 * <p>What a restored run has more than the corrupted one is the effect of that place. Double
 * precision, in the recurrent form: a restored run repeats only what comes after its place, (T −
 * t)·(L − 1 − l) block steps, and takes the rest from the corrupted run. So it is bit for bit the
 * clean run where nothing was corrupted, and the corrupted one where nothing can come after: at
 * tokens before the subject, and after the last block of every token but the last.
 *
 * <p>Immutable and safe for any thread; uses all processors. It reads the checkpoint's matrices, so
 * the checkpoint must stay open; closing it is the caller's business.
 */
public final class CausalTrace {
  /** Far beyond what ln0 leaves any trace of the embedding of, and far from overflow. */
  private static final double MOST_NOISE = 1e6;

  private final Network network;
  private final State start;

  /**
   * What is asked.
   *
   * @param tokens the prompt, [T]
   * @param subjectFrom the first token whose embedding is corrupted
   * @param subjectTo the token after the last one
   * @param answer the token whose probability is followed
   * @param noise standard deviation of the noise, as a multiple of {@link #embeddingDeviation};
   *     Meng et al. take 3
   * @param samples how many times noise is drawn; results are means
   * @param seed of the noise: {@code nextGaussian} of one {@link SplittableRandom}, drawn sample by
   *     sample, token by token, channel by channel
   */
  public record Experiment(
      int[] tokens,
      int subjectFrom,
      int subjectTo,
      int answer,
      double noise,
      int samples,
      long seed) {}

  /**
   * The probability of the answer in every run, as means over the samples.
   *
   * @param clean without noise
   * @param corrupted with noise, nothing restored
   * @param restored with noise and one place restored, [T][L]
   */
  public record Result(double clean, double corrupted, double[][] restored) {

    /** How much of the answer's probability comes back: Meng's indirect effect. */
    public double effect(int token, int layer) {
      return restored[token][layer] - corrupted;
    }
  }

  /** Told how far a trace is, by one thread at a time. */
  @FunctionalInterface
  public interface Listener {
    /** So many of all places (token and sample) are done. */
    void traced(long done, long total);
  }

  /** What a run leaves behind: the residual stream after every block, and the states before. */
  private record Run(Bounded[][] x, LayerState[][] before) {
    Bounded last() {
      return x[x.length - 1][x[0].length - 1];
    }
  }

  private CausalTrace(Network network, State start) {
    this.network = network;
    this.start = start;
  }

  /**
   * Traces of a model.
   *
   * @throws CheckpointException if the tensors are not those of a model that is known
   */
  public static CausalTrace of(Checkpoint checkpoint) {
    Rwkv4Weights weights = Rwkv4Weights.of(checkpoint);
    return new CausalTrace(
        new Network(weights),
        State.initial(
            Architectures.of(checkpoint).stateLayout(weights.config()),
            checkpoint.fingerprint(),
            DType.F64));
  }

  /** The sizes of the model. */
  public ModelConfig config() {
    return network.config();
  }

  /** The standard deviation of all elements of emb.weight around their mean. Reads them twice. */
  public double embeddingDeviation() {
    double mean = embeddingMean(0, 1);
    return Math.sqrt(embeddingMean(mean, 2));
  }

  /** The mean of (element − centre)^power. */
  private double embeddingMean(double centre, int power) {
    TensorView embedding = network.embedding();
    double sum = 0;
    for (int token = 0; token < config().vocabulary(); token++) {
      for (double element : network.embeddingOf(token)) {
        sum += power == 1 ? element - centre : (element - centre) * (element - centre);
      }
    }
    return sum / embedding.shape().elements();
  }

  /**
   * The most likely token after a prompt; the lowest such id when several are equal.
   *
   * @throws InvalidArgumentException if the prompt is empty or has a token that is not in the
   *     vocabulary
   */
  public int mostLikelyAfter(int[] tokens) {
    check(tokens);
    double[] logits = logits(run(embeddings(tokens)).last());
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  /**
   * Makes all runs: T·L restored ones per sample.
   *
   * @throws InvalidArgumentException if the prompt is empty, a token is not in the vocabulary, the
   *     subject is not a part of the prompt, the noise is negative or beyond 10⁶, or there is no
   *     sample
   * @throws NonFiniteException if a logit is not finite
   */
  public Result trace(Experiment experiment, Listener listener) {
    check(experiment);
    int[] tokens = experiment.tokens().clone();
    int from = experiment.subjectFrom();
    double[][] embeddings = embeddings(tokens);
    Run clean = run(embeddings);
    double deviation = experiment.noise() * embeddingDeviation();
    SplittableRandom random = new SplittableRandom(experiment.seed());
    double corruptedMean = 0;
    double[][] restoredMean = new double[tokens.length][config().layers()];
    Places places = new Places(listener, (long) experiment.samples() * (tokens.length - from));
    for (int sample = 1; sample <= experiment.samples(); sample++) {
      double[][] noisy = embeddings.clone();
      for (int t = from; t < experiment.subjectTo(); t++) {
        noisy[t] = noisy(embeddings[t], deviation, random);
      }
      Run corrupted = run(noisy);
      double probability = probability(corrupted.last(), experiment.answer());
      double[][] restored = new double[tokens.length][];
      IntStream.range(from, tokens.length)
          .parallel()
          .forEach(t -> {
            restored[t] = restored(clean, corrupted, t, experiment.answer());
            places.next();
          });
      corruptedMean += (probability - corruptedMean) / sample;
      for (int t = 0; t < tokens.length; t++) {
        for (int layer = 0; layer < config().layers(); layer++) {
          // A token before the subject is the same in both runs.
          double value = t < from ? probability : restored[t][layer];
          restoredMean[t][layer] += (value - restoredMean[t][layer]) / sample;
        }
      }
    }
    return new Result(probability(clean.last(), experiment.answer()), corruptedMean, restoredMean);
  }

  private static double[] noisy(double[] embedding, double deviation, SplittableRandom random) {
    double[] noisy = new double[embedding.length];
    for (int i = 0; i < noisy.length; i++) {
      noisy[i] = embedding[i] + deviation * random.nextGaussian();
    }
    return noisy;
  }

  /** The probability of the answer with each of the layers restored at token t, [L]. */
  private double[] restored(Run clean, Run corrupted, int t, int answer) {
    double[] probabilities = new double[config().layers()];
    for (int layer = 0; layer < probabilities.length; layer++) {
      probabilities[layer] = probability(restore(clean, corrupted, t, layer), answer);
    }
    return probabilities;
  }

  /** The residual stream at the end, with the clean one after this block of this token. */
  private Bounded restore(Run clean, Run corrupted, int t, int layer) {
    LayerState[] state = corrupted.before()[t].clone();
    Bounded x = clean.x()[t][layer];
    for (int s = t; s < corrupted.x().length; s++) {
      x = s == t ? clean.x()[t][layer] : corrupted.x()[s][layer];
      for (int above = layer + 1; above < state.length; above++) {
        Block.Step step = step(above, x, state[above]);
        x = step.x();
        state[above] = step.next();
      }
    }
    return x;
  }

  private Run run(double[][] embeddings) {
    int layers = config().layers();
    Bounded[][] x = new Bounded[embeddings.length][layers];
    LayerState[][] before = new LayerState[embeddings.length][layers];
    List<LayerState> state = LayerStates.of(start, layers);
    for (int t = 0; t < embeddings.length; t++) {
      Bounded current = network.embedded(embeddings[t], ErrorModel.NONE);
      List<LayerState> next = new ArrayList<>();
      for (int layer = 0; layer < layers; layer++) {
        before[t][layer] = state.get(layer);
        Block.Step step = step(layer, current, state.get(layer));
        current = step.x();
        x[t][layer] = current;
        next.add(step.next());
      }
      state = next;
    }
    return new Run(x, before);
  }

  private Block.Step step(int layer, Bounded x, LayerState state) {
    return network.blocks().get(layer).step(x, state, Block.Exports.NONE, ErrorModel.NONE);
  }

  private double[][] embeddings(int[] tokens) {
    double[][] embeddings = new double[tokens.length][];
    for (int t = 0; t < tokens.length; t++) {
      embeddings[t] = network.embeddingOf(tokens[t]);
    }
    return embeddings;
  }

  private double[] logits(Bounded x) {
    double[] logits = network.logits(x, ErrorModel.NONE).values();
    for (int i = 0; i < logits.length; i++) {
      if (!Double.isFinite(logits[i])) {
        throw new NonFiniteException(
            i,
            "the logit of token "
                + i
                + " is "
                + logits[i]
                + ": a weight is not finite, rwkv inspect --verify names it");
      }
    }
    return logits;
  }

  /** softmax(logits)[answer]. */
  private double probability(Bounded x, int answer) {
    double[] logits = logits(x);
    double sum = 0;
    for (double logit : logits) {
      sum += Math.exp(logit - logits[answer]);
    }
    return 1 / sum;
  }

  private void check(Experiment experiment) {
    check(experiment.tokens());
    int from = experiment.subjectFrom();
    int to = experiment.subjectTo();
    if (from < 0 || to > experiment.tokens().length || from >= to) {
      throw new InvalidArgumentException(
          "subject",
          "tokens "
              + from
              + " to "
              + to
              + " are not a part of the prompt's "
              + experiment.tokens().length);
    }
    check("answer", experiment.answer());
    if (!(experiment.noise() >= 0 && experiment.noise() <= MOST_NOISE)) {
      throw new InvalidArgumentException(
          "noise",
          experiment.noise()
              + " is no number of standard deviations: expected 0 to "
              + (long) MOST_NOISE);
    }
    if (experiment.samples() < 1) {
      throw new InvalidArgumentException(
          "samples", experiment.samples() + " is no number of samples: expected 1 or more");
    }
  }

  private void check(int[] tokens) {
    if (tokens.length == 0) {
      throw new InvalidArgumentException(
          "prompt", "it is empty: an answer needs at least one token before it");
    }
    for (int t = 0; t < tokens.length; t++) {
      check("tokens[" + t + "]", tokens[t]);
    }
  }

  private void check(String argument, int token) {
    if (token < 0 || token >= config().vocabulary()) {
      throw new InvalidArgumentException(
          argument,
          token + " is not in the vocabulary: token ids are 0 to " + (config().vocabulary() - 1));
    }
  }

  /** Counts the places that are done. */
  private static final class Places {
    private final Listener listener;
    private final long total;
    private long done;

    Places(Listener listener, long total) {
      this.listener = listener;
      this.total = total;
    }

    synchronized void next() {
      done++;
      listener.traced(done, total);
    }
  }
}

package dev.rwkv.text;

import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.error.StateException;
import java.lang.ref.Cleaner;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Generates text with a model and its tokenizer.
 *
 * <p>Safe for any number of threads: every generation has a session of its own. The model stays the
 * caller's to close.
 */
public final class TextGenerator {
  private static final Cleaner ABANDONED = Cleaner.create();

  private final Model model;
  private final Tokenizer tokenizer;
  private final int[] unknownTokens;

  private TextGenerator(Model model, Tokenizer tokenizer) {
    this.model = model;
    this.tokenizer = Tokenizers.requireFit(tokenizer, model);
    this.unknownTokens =
        IntStream.range(0, model.config().vocabulary())
            .filter(i -> !tokenizer.contains(i))
            .toArray();
  }

  /**
   * A generator with the tokenizer that {@link Tokenizers#forModel} finds.
   *
   * @throws TokenizerException if none fits
   */
  public static TextGenerator of(Model model) {
    return new TextGenerator(model, Tokenizers.forModel(model));
  }

  /**
   * A generator with this tokenizer.
   *
   * @throws TokenizerException if it does not fit the model's vocabulary
   */
  public static TextGenerator of(Model model, Tokenizer tokenizer) {
    return new TextGenerator(model, tokenizer);
  }

  /** The model. */
  public Model model() {
    return model;
  }

  /** Its tokenizer. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /**
   * Continues a text: {@code stream("Once upon a time", Sampling.topP(0.9)).limit(100)}. See {@link
   * Generation#texts} for when its session is closed.
   */
  public Stream<String> stream(String prompt, Sampling sampling) {
    return stream(GenerationRequest.of(prompt).withSampling(sampling));
  }

  /** Generates the texts of a request as they come. See {@link Generation#texts}. */
  public Stream<String> stream(GenerationRequest request) {
    return generate(request).texts();
  }

  /** Generates the whole text of a request. Without a limit it may never end. */
  public String complete(GenerationRequest request) {
    try (Generation generation = generate(request)) {
      return generation.complete();
    }
  }

  /** Starts a generation. The caller closes it. */
  public Generation generate(GenerationRequest request) {
    return generate(request, PromptListener.NONE);
  }

  /**
   * Starts a generation. The caller closes it.
   *
   * @throws InvalidArgumentException if there is nothing to begin with
   * @throws StateException if the continuation belongs to another model
   */
  public Generation generate(GenerationRequest request, PromptListener listener) {
    Optional<Continuation> from = request.continuation();
    int[] prompt = promptTokens(request);
    int[] pending = from.map(Continuation::pending).orElse(new int[0]);
    SavedLogits logits = from.isPresent() ? from.get().logits() : null;
    if (logits != null && logits.size() != model.config().vocabulary()) {
      throw new StateException(
          "the saved logits are for "
              + logits.size()
              + " tokens, but the model has "
              + model.config().vocabulary());
    }
    Sampling sampling = withoutUnknownTokens(request.sampling());
    Sampler sampler =
        from.flatMap(Continuation::sampler)
            .map(state -> new Sampler(sampling, state))
            .orElseGet(() -> new Sampler(sampling));
    byte[] held = prompt.length > 0 || from.isEmpty() ? new byte[0] : from.get().held();
    Session session = from.isPresent() ? model.newSession(from.get().state()) : model.newSession();
    int[] tokens = IntStream.concat(IntStream.of(pending), IntStream.of(prompt)).toArray();
    Generation generation =
        new Generation(
            tokenizer,
            request,
            new Generation.Start(session, tokens, logits, held, sampler),
            listener);
    // A stream that limit() cuts short is never told that it is over.
    ABANDONED.register(generation, session::close);
    return generation;
  }

  private int[] promptTokens(GenerationRequest request) {
    int[] prompt = tokenizer.encode(request.prompt());
    if (prompt.length > 0 || request.continuation().map(Continuation::canGoOn).orElse(false)) {
      return prompt;
    }
    if (request.continuation().isPresent()) {
      throw new InvalidArgumentException(
          "prompt", "is empty, and the saved state has no token to go on with: give a prompt");
    }
    OptionalInt endOfText = tokenizer.endOfText();
    if (endOfText.isEmpty()) {
      throw new InvalidArgumentException(
          "prompt",
          "is empty, and the tokenizer '"
              + tokenizer.name()
              + "' has no end-of-text token to begin with: give a prompt");
    }
    return new int[] {endOfText.getAsInt()};
  }

  /** Forbids the rows that only pad the vocabulary: they have no text. */
  Sampling withoutUnknownTokens(Sampling sampling) {
    if (unknownTokens.length == 0) {
      return sampling;
    }
    Map<Integer, Double> biases = new TreeMap<>(sampling.logitBias());
    for (int token : unknownTokens) {
      biases.put(token, Double.NEGATIVE_INFINITY);
    }
    return sampling.withLogitBias(biases);
  }
}

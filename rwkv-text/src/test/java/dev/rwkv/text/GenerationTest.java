package dev.rwkv.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.error.ClosedException;
import dev.rwkv.error.InvalidArgumentException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GenerationTest {
  private static final WorldTokenizer LETTERS =
      WorldTokenizer.of(
          new VocabularyFile(
              "letters",
              "1 'a' 1\n2 'b' 1\n3 'c' 1\n5 '\\n' 1\n6 '\\n\\n' 2\n"
                  .getBytes(StandardCharsets.UTF_8)),
          "letters");

  private final FakeModel model = FakeModel.speaking("abc é中😀\n.");
  private final TextGenerator text = TextGenerator.of(model);
  private final GenerationRequest request =
      GenerationRequest.of("Once").withMaxTokens(40).withSampling(Sampling.topP(1).seed(7));

  private static int[] tokens(List<TextPiece> pieces) {
    return pieces.stream().flatMapToInt(p -> p.token().stream()).toArray();
  }

  private static String text(List<TextPiece> pieces) {
    return pieces.stream().map(TextPiece::text).collect(Collectors.joining());
  }

  private static List<TextPiece> drain(Generation generation) {
    List<TextPiece> pieces = new ArrayList<>();
    generation.forEachRemaining(pieces::add);
    return pieces;
  }

  @Test
  void thereIsOnePieceForEachTokenAndTheTextIsTheirs() {
    try (Generation generation = text.generate(request)) {
      List<TextPiece> pieces = drain(generation);
      assertThat(pieces).hasSize(40);
      assertThat(text(pieces)).isEqualTo(text.tokenizer().decode(tokens(pieces)));
      assertThat(generation.finishReason()).hasValue(FinishReason.LENGTH);
      assertThat(generation.seed()).isEqualTo(7);
      assertThatThrownBy(generation::next).isInstanceOf(NoSuchElementException.class);
    }
    assertThat(model.openSessions).hasValue(0);
  }

  @Test
  void theSameSeedGivesTheSameTextAndAnotherAnother() {
    assertThat(text.complete(request)).isEqualTo(text.complete(request));
    assertThat(text.complete(request))
        .isNotEqualTo(text.complete(request.withSampling(Sampling.topP(1).seed(8))));
  }

  @Test
  void theModelConsumesThePromptAndAllTokensButTheLast() {
    List<Integer> expected = new ArrayList<>();
    for (int token : text.tokenizer().encode("Once")) {
      expected.add(token);
    }
    try (Generation generation = text.generate(request)) {
      for (int token : tokens(drain(generation))) {
        expected.add(token);
      }
      assertThat(generation.continuation().pending()).containsExactly(expected.removeLast());
    }
    assertThat(model.consumed).isEqualTo(expected);
  }

  @Test
  void noTokensConsumeThePromptAndGiveNothing() {
    try (Generation generation = text.generate(request.withMaxTokens(0))) {
      assertThat(generation.hasNext()).isFalse();
      assertThat(generation.finishReason()).hasValue(FinishReason.LENGTH);
      assertThat(generation.statistics().promptTokens()).isEqualTo(4);
      assertThat(generation.continuation().pending()).isEmpty();
    }
    assertThat(model.consumed).hasSize(4);
  }

  @Test
  void thePromptComesInChunksThatAreReported() {
    List<Integer> progress = new ArrayList<>();
    PromptListener listener =
        (consumed, total) -> {
          assertThat(total).isEqualTo(600);
          progress.add(consumed);
        };
    GenerationRequest longer = request.withPrompt("x".repeat(600)).withMaxTokens(1);
    try (Generation generation = text.generate(longer, listener)) {
      drain(generation);
    }
    assertThat(progress).containsExactly(256, 512, 600);
    assertThat(model.spans).containsExactly(256, 256, 88);
  }

  @Test
  void theStopTextIsNotGivenOutThoughItSpansTokens() {
    TextGenerator ascii = TextGenerator.of(FakeModel.speaking("abc \n"));
    String unstopped = ascii.complete(request.withMaxTokens(400));
    String stop = unstopped.substring(30, 34);
    try (Generation generation = ascii.generate(request.withStopTexts(List.of(stop)))) {
      assertThat(text(drain(generation)))
          .isEqualTo(unstopped.substring(0, unstopped.indexOf(stop)));
      assertThat(generation.finishReason()).hasValue(FinishReason.STOP_TEXT);
    }
  }

  @Test
  void aStopTextWithinOneTokenCutsIt() {
    FakeModel reciter = FakeModel.reciting(64, 1, 1, 2, 5, 3, 6, 1);
    GenerationRequest stop =
        GenerationRequest.of("a").withStopTexts(List.of("\n\n")).withSampling(Sampling.greedy());
    assertThat(TextGenerator.of(reciter, LETTERS).complete(stop)).isEqualTo("ab\nc");
  }

  @Test
  void theEndOfTextEndsTheOutputAndHasNoText() {
    FakeModel reciter = FakeModel.reciting(64, 1, 1, 2, 0, 3, 3, 3, 3);
    TextGenerator letters = TextGenerator.of(reciter, LETTERS);
    GenerationRequest greedy = GenerationRequest.of("a").withSampling(Sampling.greedy());
    try (Generation generation = letters.generate(greedy)) {
      assertThat(tokens(drain(generation))).containsExactly(1, 2, 0);
      assertThat(generation.finishReason()).hasValue(FinishReason.END_OF_TEXT);
    }
    reciter.consumed.clear();
    assertThat(letters.complete(greedy.withStopAtEndOfText(false).withMaxTokens(5)))
        .isEqualTo("abcc");
    reciter.consumed.clear();
    assertThat(letters.complete(greedy.withStopTokens(Set.of(2)))).isEqualTo("a");
  }

  @Test
  void tokensThatOnlyPadTheVocabularyAreNeverChosen() {
    FakeModel flat = FakeModel.ofVocabulary(64);
    GenerationRequest some =
        GenerationRequest.of("a")
            .withMaxTokens(500)
            .withStopAtEndOfText(false)
            .withSampling(Sampling.topP(1).seed(1));
    try (Generation generation = TextGenerator.of(flat, LETTERS).generate(some)) {
      assertThat(tokens(drain(generation))).containsOnly(0, 1, 2, 3, 5, 6);
    }
  }

  @Test
  void anEmptyPromptBeginsWithTheEndOfText() {
    FakeModel flat = FakeModel.ofVocabulary(64);
    TextGenerator.of(flat, LETTERS).complete(GenerationRequest.of("").withMaxTokens(1));
    assertThat(flat.consumed).containsExactly(0);
  }

  @Test
  void anEmptyPromptIsRefusedWhereThereIsNoEndOfText() {
    assertThatThrownBy(() -> text.generate(GenerationRequest.of("")))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage(
            "prompt: is empty, and the tokenizer 'bytes' has no end-of-text token to begin with:"
                + " give a prompt");
    assertThat(model.openSessions).hasValue(0);
  }

  @Test
  void unfinishedTextIsGivenOutAtTheEndUnlessItIsToBeContinued() {
    FakeModel reciter = FakeModel.reciting(64, 1, 1, 5, 1);
    TextGenerator letters = TextGenerator.of(reciter, LETTERS);
    GenerationRequest two =
        GenerationRequest.of("a")
            .withMaxTokens(2)
            .withStopTexts(List.of("\n\n"))
            .withSampling(Sampling.greedy());
    assertThat(letters.complete(two)).isEqualTo("a\n");
    reciter.consumed.clear();
    try (Generation generation = letters.generate(two.withToBeContinued(true))) {
      assertThat(generation.complete()).isEqualTo("a");
      assertThat(generation.continuation().held()).containsExactly('\n');
    }
  }

  @Test
  void cancellingEndsAfterTheRunningStep() throws Exception {
    CountDownLatch inStep = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    model.afterToken =
        token -> {
          if (model.consumed.size() == 10) {
            inStep.countDown();
            await(cancelled);
          }
        };
    try (Generation generation = text.generate(request)) {
      Thread canceller =
          Thread.ofVirtual()
              .start(() -> {
                await(inStep);
                generation.cancel();
                cancelled.countDown();
              });
      List<TextPiece> pieces = drain(generation);
      canceller.join();
      assertThat(generation.finishReason()).hasValue(FinishReason.CANCELLED);
      assertThat(pieces).hasSize(10 - 4 + 1);
      assertThat(text(pieces)).isEqualTo(text.tokenizer().decode(tokens(pieces)));
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void cancellingStopsBetweenTheChunksOfAPromptAndItCanGoOn() {
    GenerationRequest longer = request.withPrompt("x".repeat(1000));
    String expected = text.complete(longer);
    model.consumed.clear();
    Continuation saved;
    Generation[] self = new Generation[1];
    try (Generation generation =
        text.generate(
            longer,
            (consumed, total) -> {
              if (consumed > 500) {
                self[0].cancel();
              }
            })) {
      self[0] = generation;
      assertThat(generation.hasNext()).isFalse();
      assertThat(generation.finishReason()).hasValue(FinishReason.CANCELLED);
      assertThat(generation.statistics().promptTokens()).isEqualTo(512);
      saved = generation.continuation();
    }
    assertThat(model.consumed).hasSize(512);
    assertThat(text.complete(longer.withPrompt("").withContinuation(saved))).isEqualTo(expected);
  }

  @Test
  void aCancelledGenerationGivesOutWhatWasHeldBack() {
    FakeModel reciter = FakeModel.reciting(64, 1, 1, 5, 1);
    GenerationRequest stop =
        GenerationRequest.of("a").withStopTexts(List.of("\n\n")).withSampling(Sampling.greedy());
    try (Generation generation = TextGenerator.of(reciter, LETTERS).generate(stop)) {
      assertThat(generation.next().text()).isEqualTo("a");
      assertThat(generation.next().text()).isEmpty();
      generation.cancel();
      TextPiece last = generation.next();
      assertThat(last.text()).isEqualTo("\n");
      assertThat(last.token()).isEmpty();
      assertThat(generation.hasNext()).isFalse();
    }
  }

  @Test
  void aStreamGivesTextsThatAreNotEmpty() {
    try (Stream<String> pieces = text.stream("Once", Sampling.topP(0.9).seed(7))) {
      List<String> first = pieces.limit(100).toList();
      assertThat(first).hasSize(100).doesNotContain("");
    }
    assertThat(model.openSessions).hasValue(0);
  }

  @Test
  void aStreamThatEndsClosesItsSession() {
    assertThat(text.stream(request).collect(Collectors.joining()))
        .isEqualTo(text.complete(request));
    assertThat(model.openSessions).hasValue(0);
  }

  @Test
  void anAbandonedStreamIsClosedByTheGarbageCollector() throws Exception {
    assertThat(text.stream("Once", Sampling.topP(0.9)).limit(3).count()).isEqualTo(3);
    for (int i = 0; i < 200 && model.openSessions.get() > 0; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(model.openSessions).hasValue(0);
  }

  @Test
  void aClosedGenerationSaysSo() {
    Generation generation = text.generate(request);
    generation.next();
    generation.close();
    generation.close();
    assertThatThrownBy(generation::hasNext).isInstanceOf(ClosedException.class);
    assertThatThrownBy(generation::next).isInstanceOf(ClosedException.class);
    assertThatThrownBy(generation::continuation).isInstanceOf(ClosedException.class);
    assertThat(generation.statistics().generatedTokens()).isEqualTo(1);
  }

  @Test
  void statisticsCountTokensAndTime() {
    try (Generation generation = text.generate(request)) {
      drain(generation);
      GenerationStatistics done = generation.statistics();
      assertThat(done.promptTokens()).isEqualTo(4);
      assertThat(done.generatedTokens()).isEqualTo(40);
      assertThat(done.prefillNanos()).isPositive();
      assertThat(done.timeToFirstTokenNanos()).isGreaterThan(done.prefillNanos());
      assertThat(done.decodeTokensPerSecond()).isPositive();
    }
    GenerationStatistics half = new GenerationStatistics(10, 21, 500_000_000, 6, 2_000_000_000);
    assertThat(half.prefillTokensPerSecond()).isEqualTo(20);
    assertThat(half.decodeTokensPerSecond()).isEqualTo(10);
    assertThat(new GenerationStatistics(0, 1, 0, 0, 0).decodeTokensPerSecond()).isZero();
  }

  @Test
  void aTokenizerOfAnotherModelIsRefused() {
    assertThatThrownBy(() -> TextGenerator.of(model, LETTERS))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("'letters' has 7 tokens")
        .hasMessageContaining("vocabulary of 256");
  }

  @Test
  void wrongRequestsAreRefused() {
    assertThatThrownBy(() -> request.withMaxTokens(-1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageStartingWith("maxTokens: -1");
    assertThatThrownBy(() -> request.withStopTexts(List.of("")))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> request.withStopTokens(Set.of(-3)))
        .isInstanceOf(InvalidArgumentException.class);
  }
}

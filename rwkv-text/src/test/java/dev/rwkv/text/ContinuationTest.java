package dev.rwkv.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.Fingerprint;
import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.error.RwkvException;
import dev.rwkv.error.StateException;
import dev.rwkv.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContinuationTest {
  private final FakeModel model = FakeModel.speaking("ab 中😀\n");
  private final TextGenerator text = TextGenerator.of(model);

  @Provide
  Arbitrary<Sampling> samplings() {
    return Arbitraries.of(
        Sampling.greedy(),
        Sampling.topP(1),
        Sampling.topP(0.8).withTemperature(1.7),
        Sampling.topP(0.95).withPresencePenalty(1).withFrequencyPenalty(0.7),
        Sampling.topP(1).withFrequencyPenalty(2).withPenaltyDecay(0.7).withTopK(9));
  }

  @Provide
  Arbitrary<List<String>> stops() {
    return Arbitraries.of(
        List.of(), List.of("中"), List.of("ab", "\n\n"), List.of("a 中a", "😀😀", "bbbb"));
  }

  private record Run(List<Integer> tokens, StringBuilder text, FinishReason reason) {}

  private Run run(Generation generation) {
    List<Integer> tokens = new ArrayList<>();
    StringBuilder output = new StringBuilder();
    while (generation.hasNext()) {
      TextPiece piece = generation.next();
      piece.token().ifPresent(tokens::add);
      output.append(piece.text());
    }
    return new Run(tokens, output, generation.finishReason().orElseThrow());
  }

  @Property(tries = 1000)
  void savedAndResumedItGoesOnAsIfItHadNeverStopped(
      @ForAll @IntRange(max = 40) int n1,
      @ForAll @IntRange(max = 40) int n2,
      @ForAll("samplings") Sampling sampling,
      @ForAll("stops") List<String> stops,
      @ForAll long seed,
      @ForAll boolean seedAgain) {
    GenerationRequest request =
        GenerationRequest.of("So " + seed).withSampling(sampling.seed(seed)).withStopTexts(stops);
    Run whole;
    try (Generation generation = text.generate(request.withMaxTokens(n1 + n2))) {
      whole = run(generation);
    }
    Run first;
    Map<String, String> metadata;
    State state;
    try (Generation generation = text.generate(request.withMaxTokens(n1).withToBeContinued(true))) {
      first = run(generation);
      Continuation saved = generation.continuation();
      state = saved.state();
      metadata = saved.toMetadata();
    }
    if (first.reason() == FinishReason.STOP_TEXT) {
      assertThat(first).isEqualTo(new Run(first.tokens(), first.text(), whole.reason()));
      assertThat(first.tokens()).isEqualTo(whole.tokens());
      assertThat(first.text()).hasToString(whole.text().toString());
      return;
    }
    GenerationRequest resumed =
        request
            .withPrompt("")
            .withSampling(seedAgain ? sampling.seed(seed) : sampling)
            .withContinuation(Continuation.fromMetadata(state, metadata))
            .withMaxTokens(n2);
    try (Generation generation = text.generate(resumed)) {
      Run second = run(generation);
      first.tokens().addAll(second.tokens());
      assertThat(first.tokens()).isEqualTo(whole.tokens());
      assertThat(first.text().append(second.text())).hasToString(whole.text().toString());
      assertThat(second.reason()).isEqualTo(whole.reason());
    }
  }

  @Test
  void anotherSeedTakesOtherRandomNumbersFromThere() {
    GenerationRequest request =
        GenerationRequest.of("x").withSampling(Sampling.topP(1).seed(1)).withMaxTokens(0);
    Continuation saved;
    try (Generation generation = text.generate(request)) {
      run(generation);
      saved = generation.continuation();
    }
    String same =
        text.complete(
            GenerationRequest.resuming(saved).withSampling(Sampling.topP(1)).withMaxTokens(30));
    assertThat(same).isEqualTo(text.complete(request.withMaxTokens(30)));
    String other =
        text.complete(
            GenerationRequest.resuming(saved)
                .withSampling(Sampling.topP(1).seed(2))
                .withMaxTokens(30));
    assertThat(other).isNotEqualTo(same);
  }

  @Test
  void theStateAfterAPromptAloneIsThatOfTheTokens() {
    try (Generation generation = text.generate(GenerationRequest.of("abc").withMaxTokens(0));
        Session session = model.newSession()) {
      run(generation);
      session.prefill('a', 'b', 'c');
      assertThat(generation.continuation().state()).isEqualTo(session.snapshot());
    }
  }

  @Test
  void aPromptAfterAContinuationFollowsItsPendingTokens() {
    GenerationRequest request =
        GenerationRequest.of("x").withSampling(Sampling.topP(1).seed(4)).withMaxTokens(3);
    Continuation saved;
    try (Generation generation = text.generate(request)) {
      run(generation);
      saved = generation.continuation();
    }
    model.consumed.clear();
    text.complete(request.withPrompt("yz").withContinuation(saved).withMaxTokens(1));
    assertThat(model.consumed).containsExactly(saved.pending()[0], (int) 'y', (int) 'z');
  }

  @Test
  void heldBytesThatANewStopTextEndsGiveNothing() {
    Continuation saved =
        new Continuation(zero(), new int[] {'a'}, null, null, new byte[] {'b', '\n', '\n', 'c'});
    try (Generation generation =
        text.generate(GenerationRequest.resuming(saved).withStopTexts(List.of("\n\n")))) {
      Run run = run(generation);
      assertThat(run.tokens()).isEmpty();
      assertThat(run.text()).hasToString("b");
      assertThat(run.reason()).isEqualTo(FinishReason.STOP_TEXT);
      assertThat(generation.continuation().held()).containsExactly('c');
    }
  }

  private State zero() {
    return State.initial(model.stateLayout(), model.fingerprint(), DType.F32);
  }

  @Test
  void aStateAloneNeedsAPrompt() {
    Continuation bare = Continuation.fromMetadata(zero(), Map.of("other", "x"));
    assertThat(bare.canGoOn()).isFalse();
    assertThatThrownBy(() -> text.generate(GenerationRequest.resuming(bare)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageStartingWith("prompt: is empty, and the saved state has no token");
    GenerationRequest request =
        GenerationRequest.of("Hi").withMaxTokens(9).withSampling(Sampling.topP(1).seed(3));
    assertThat(text.complete(request.withContinuation(bare))).isEqualTo(text.complete(request));
    assertThat(model.openSessions).hasValue(0);
  }

  @Test
  void aStateOfAnotherModelIsRefused() {
    State foreign = State.initial(model.stateLayout(), new Fingerprint("ff".repeat(16)), DType.F32);
    assertThatThrownBy(() ->
            text.generate(GenerationRequest.of("a").withContinuation(Continuation.of(foreign))))
        .isInstanceOf(StateException.class);
    assertThat(model.openSessions).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "7",
        "{}",
        "{\"version\":2,\"pending\":[],\"held\":\"\"}",
        "{\"version\":1,\"held\":\"\"}",
        "{\"version\":1,\"pending\":[]}",
        "{\"version\":1,\"pending\":[-1],\"held\":\"\"}",
        "{\"version\":1,\"pending\":[1.5],\"held\":\"\"}",
        "{\"version\":1,\"pending\":[99999999999],\"held\":\"\"}",
        "{\"version\":1,\"pending\":\"1\",\"held\":\"\"}",
        "{\"version\":1,\"pending\":[],\"held\":\"*\"}",
        "{\"version\":1,\"pending\":[],\"held\":{}}",
        "{\"version\":1,\"pending\":[],\"held\":\"\",\"logits\":\"AAA=\"}",
        "{\"version\":1,\"pending\":[],\"held\":\"\",\"seed\":1}",
        "{\"version\":1,\"pending\":[],\"held\":\"\",\"seed\":1,\"draws\":-1,\"counts\":{}}",
        "{\"version\":1,\"pending\":[],\"held\":\"\",\"seed\":1e40,\"draws\":1,\"counts\":{}}",
        "{\"version\":1,\"pending\":[],\"held\":\"\",\"seed\":1,\"draws\":1,\"counts\":{\"a\":1}}",
        "{\"version\":1,\"pending\":[],\"held\":\"\",\"seed\":1,\"draws\":1,\"counts\":{\"1\":-1}}",
        "{\"version\":1,\"pending\":[],\"held\":\"\",\"seed\":1,\"draws\":1,\"counts\":{\"1\":1e999}}",
        "{\"version\":1,\"pending\":[],\"held\":\"\",\"seed\":1,\"draws\":1,\"counts\":{\"999999999\":1}}",
      })
  void malformedMetadataIsRefused(String entry) {
    assertThatThrownBy(
            () -> Continuation.fromMetadata(zero(), Map.of(Continuation.METADATA_KEY, entry)))
        .isInstanceOf(StateException.class)
        .hasMessageStartingWith("the metadata 'rwkv.generation' of the state is malformed: ")
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"version\":1,\"pending\":[300],\"held\":\"\"}",
        "{\"version\":1,\"pending\":[],\"held\":\"\",\"logits\":\"AAAAAA==\"}",
        "{\"version\":1,\"pending\":[1],\"held\":\"\",\"seed\":1,\"draws\":1,\"counts\":{\"300\":1}}",
      })
  void metadataOfAnotherVocabularyIsRefusedBeforeItDoesHarm(String entry) {
    Continuation saved =
        Continuation.fromMetadata(zero(), Map.of(Continuation.METADATA_KEY, entry));
    GenerationRequest request =
        GenerationRequest.resuming(saved)
            .withSampling(Sampling.defaults().withPresencePenalty(1))
            .withMaxTokens(3);
    assertThatThrownBy(() -> text.complete(request)).isInstanceOf(RwkvException.class);
    assertThat(model.openSessions).hasValue(0);
  }
}

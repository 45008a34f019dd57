package dev.rwkv.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.Session;
import dev.rwkv.State;
import dev.rwkv.error.ClosedException;
import dev.rwkv.error.InvalidArgumentException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ChatTest {
  private final FakeModel model = FakeModel.speaking("ab c中\n\n.");
  private final TextGenerator generator = TextGenerator.of(model);

  private static State stateAfter(FakeModel model, int... tokens) {
    try (Session session = model.newSession()) {
      session.prefill(tokens);
      return session.snapshot();
    }
  }

  private State stateAfter(String text) {
    return stateAfter(model, generator.tokenizer().encode(text));
  }

  @Property(tries = 300)
  void theStateIsThatOfTheWrittenConversation(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int most) {
    FakeModel ascii = FakeModel.speaking("ab c\n.");
    Tokenizer bytes = Tokenizers.bytes();
    try (Chat chat = Chat.of(TextGenerator.of(ascii))) {
      chat.setSampling(Sampling.topP(1).seed(seed));
      chat.setMaxReplyTokens(most);
      StringBuilder written = new StringBuilder();
      for (String message : List.of("Hello", "How are you?", "中")) {
        StringBuilder streamed = new StringBuilder();
        ChatTurn turn = chat.send(message, streamed::append);
        assertThat(turn.reply()).hasToString(streamed.toString()).doesNotContain("\n\n");
        written.append("User: " + message + "\n\nAssistant:" + turn.reply() + "\n\n");
        assertThat(chat.snapshot()).isEqualTo(stateAfter(ascii, bytes.encode(written.toString())));
      }
      assertThat(chat.history()).hasSize(3);
    }
  }

  private static final WorldTokenizer WORDS =
      WorldTokenizer.of(
          new VocabularyFile(
              "words",
              """
              1 'User:' 5
              2 ' Hi' 3
              3 '\\n\\n' 2
              4 'Assistant:' 10
              5 '\\n' 1
              6 ' Well' 5
              7 '.' 1
              8 '.\\n\\n' 3
              9 '中' 3
              10 b'\\xe4' 1
              11 b'\\xb8\\xad\\n' 3
              """
                  .getBytes(StandardCharsets.UTF_8)),
          "words");

  /** The model says a script; the conversation must then read as these tokens. */
  private static void reads(int most, int[] script, int... replyAndClosing) {
    int[] prompt = WORDS.encode("User: Hi\n\nAssistant:");
    FakeModel reciter = FakeModel.reciting(64, prompt.length, script);
    try (Chat chat = Chat.of(TextGenerator.of(reciter, WORDS))) {
      chat.setSampling(Sampling.greedy());
      chat.setMaxReplyTokens(most);
      chat.send("Hi", text -> {});
      int[] expected = new int[prompt.length + replyAndClosing.length];
      System.arraycopy(prompt, 0, expected, 0, prompt.length);
      System.arraycopy(replyAndClosing, 0, expected, prompt.length, replyAndClosing.length);
      assertThat(chat.snapshot()).isEqualTo(stateAfter(reciter, expected));
    }
  }

  @Test
  void theClosingTextIsReadAnewHoweverTheModelWroteIt() {
    reads(99, new int[] {6, 3}, 6, 3); // the closing text as one token
    reads(99, new int[] {6, 5, 5}, 6, 3); // in two, of which the model has consumed one
    reads(99, new int[] {6, 8}, 6, 8); // one that ends the reply too
    reads(99, new int[] {6, 7, 3}, 6, 7, 3);
    reads(99, new int[] {6, 5, 7, 3}, 6, 5, 7, 3); // a line end that was none of it
    reads(99, new int[] {3}, 3); // no reply at all
    reads(99, new int[] {5, 5}, 3);
    reads(99, new int[] {6, 10, 11, 5}, 6, 9, 3); // cut inside the token that ends a character
  }

  @Test
  void aReplyThatEndsOtherwiseIsClosedToo() {
    reads(2, new int[] {6, 7, 6}, 6, 7, 3); // the length
    reads(2, new int[] {6, 5, 6}, 6, 5, 3); // what was held back is part of it
    reads(99, new int[] {6, 7, 0}, 6, 7, 3); // the end of text, which is never consumed
  }

  @Test
  void thePileTokenizerReadsTheBlankLineAsBeforeAWord() {
    // At the end of a text it would be the one token 535, which Pile models have not seen there.
    FakeModel pile = FakeModel.ofVocabulary(50277);
    Tokenizer tokenizer = Tokenizers.pile();
    try (Chat chat = Chat.of(TextGenerator.of(pile, tokenizer))) {
      chat.setMaxReplyTokens(1);
      chat.setSampling(Sampling.greedy().withLogitBias(tokenizer.encode(" Yes")[0], 1000));
      assertThat(chat.send("ok?", text -> {}).reply()).isEqualTo(" Yes");
      assertThat(pile.consumed.subList(pile.consumed.size() - 3, pile.consumed.size()))
          .containsExactly(tokenizer.encode(" Yes")[0], 187, 187);
    }
  }

  @Test
  void theOpeningComesFirstAndSurvivesAReset() {
    ChatTemplate template = ChatTemplate.defaults().withOpening("User: hi\n\nAssistant: Hi.\n\n");
    try (Chat chat = Chat.of(generator, template)) {
      assertThat(chat.snapshot()).isEqualTo(stateAfter(template.opening()));
      chat.send("Hello", text -> {});
      chat.reset();
      assertThat(chat.snapshot()).isEqualTo(stateAfter(template.opening()));
      assertThat(chat.history()).isEmpty();
      assertThat(chat.undo()).isEmpty();
    }
  }

  @Test
  void turnsCanBeTakenBack() {
    try (Chat chat = Chat.of(generator)) {
      List<State> states = new ArrayList<>();
      for (int i = 0; i < Chat.UNDO_DEPTH + 3; i++) {
        states.add(chat.snapshot());
        chat.send("message " + i, text -> {});
      }
      for (int i = Chat.UNDO_DEPTH + 2; i > 2; i--) {
        assertThat(chat.undo().orElseThrow().message()).isEqualTo("message " + i);
        assertThat(chat.snapshot()).isEqualTo(states.get(i));
      }
      assertThat(chat.undo()).isEmpty();
      assertThat(chat.history()).hasSize(3);
    }
  }

  @Test
  void aRegeneratedReplyIsAnotherToTheSameMessage() {
    try (Chat chat = Chat.of(generator)) {
      chat.setSampling(Sampling.topP(1).seed(5));
      assertThat(chat.regenerate(text -> {})).isEmpty();
      chat.send("one", text -> {});
      ChatTurn first = chat.send("two", text -> {});
      ChatTurn second = chat.regenerate(text -> {}).orElseThrow();
      assertThat(second.message()).isEqualTo("two");
      assertThat(second.reply()).isNotEqualTo(first.reply());
      assertThat(chat.history()).hasSize(2).last().isEqualTo(second);
    }
  }

  @Test
  void aSeedMakesAConversationRepeatable() {
    List<String> replies = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      try (Chat chat = Chat.of(generator)) {
        chat.setSampling(Sampling.topP(1).seed(11));
        replies.add(chat.send("a", text -> {}).reply() + chat.send("b", text -> {}).reply());
      }
    }
    assertThat(replies.get(0)).isEqualTo(replies.get(1));
  }

  @Test
  void aCancelledReplyCountsAsFarAsItGot() {
    try (Chat chat = Chat.of(generator)) {
      chat.cancel(); // nothing to cancel
      chat.setSampling(Sampling.topP(1).withLogitBias('\n', Double.NEGATIVE_INFINITY).seed(1));
      StringBuilder streamed = new StringBuilder();
      ChatTurn turn =
          chat.send(
              "Hi",
              text -> {
                streamed.append(text);
                if (streamed.length() > 5) {
                  chat.cancel();
                }
              });
      assertThat(turn.finishReason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(turn.reply()).hasToString(streamed.toString()).hasSizeBetween(6, 8);
      assertThat(chat.history()).containsExactly(turn);
    }
  }

  @Test
  void cancelledBeforeTheReplyTheTurnHasNotHappened() throws Exception {
    try (Chat chat = Chat.of(generator)) {
      chat.send("First", text -> {});
      State before = chat.snapshot();
      CountDownLatch reading = new CountDownLatch(1);
      CountDownLatch cancelled = new CountDownLatch(1);
      model.afterToken =
          token -> {
            reading.countDown();
            try {
              cancelled.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          };
      Thread canceller =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  reading.await();
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
                chat.cancel();
                cancelled.countDown();
              });
      ChatTurn turn = chat.send("Second", text -> {});
      canceller.join();
      assertThat(turn.finishReason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(turn.reply()).isEmpty();
      assertThat(chat.history()).hasSize(1);
      assertThat(chat.snapshot()).isEqualTo(before);
    }
  }

  @Test
  void aListenerThatThrowsLeavesTheConversationAsItWas() {
    try (Chat chat = Chat.of(generator)) {
      chat.send("First", text -> {});
      State before = chat.snapshot();
      assertThatThrownBy(() ->
              chat.send(
                  "Second",
                  text -> {
                    throw new IllegalStateException("mine");
                  }))
          .hasMessage("mine");
      assertThat(chat.snapshot()).isEqualTo(before);
      assertThat(chat.history()).hasSize(1);
      chat.send("Third", text -> {});
    }
  }

  @Test
  void messagesAreCleanedAsInTraining() {
    ChatTemplate template = ChatTemplate.defaults().named("Bob", "Alice");
    assertThat(template.turn(template.clean("  a\r\n\r\n\nb\n "))).isEqualTo("Bob: a\nb\n\nAlice:");
    try (Chat chat = Chat.of(generator)) {
      assertThatThrownBy(() -> chat.send(" \n ", text -> {}))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("message: is empty: say something");
      assertThatThrownBy(() -> chat.setMaxReplyTokens(0))
          .isInstanceOf(InvalidArgumentException.class);
    }
    assertThatThrownBy(() -> template.named(" ", "x")).isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void aConversationGoesOnFromASavedState() {
    State saved;
    ChatTurn expected;
    try (Chat chat = Chat.of(generator)) {
      chat.send("First", text -> {});
      saved = chat.snapshot();
      chat.setSampling(Sampling.greedy());
      expected = chat.send("Second", text -> {});
    }
    try (Chat chat = Chat.of(generator)) {
      chat.restore(saved);
      chat.setSampling(Sampling.greedy());
      assertThat(chat.send("Second", text -> {}).reply()).isEqualTo(expected.reply());
    }
    assertThat(model.openSessions).hasValue(0);
  }

  @Test
  void aClosedChatSaysSo() {
    Chat chat = Chat.of(generator);
    chat.close();
    chat.close();
    assertThatThrownBy(() -> chat.send("Hi", text -> {})).isInstanceOf(ClosedException.class);
  }
}

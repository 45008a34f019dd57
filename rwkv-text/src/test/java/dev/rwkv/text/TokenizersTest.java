package dev.rwkv.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizersTest {
  private static final String THREE = "1 'a' 1\n2 'b' 1\n"; // with the end of text

  @TempDir private Path folder;

  private FakeModel model(int vocabulary) {
    return FakeModel.at(folder.resolve("model.bin"), vocabulary);
  }

  @Test
  void theVocabularySizeOfAReleasedModelNamesItsTokenizer() {
    assertThat(Tokenizers.forModel(model(256))).isSameAs(Tokenizers.bytes());
    assertThat(Tokenizers.forModel(model(65536))).isSameAs(Tokenizers.world());
    assertThat(Tokenizers.forModel(model(50277))).isSameAs(Tokenizers.pile());
    assertThat(Tokenizers.forModel(model(50304))).isSameAs(Tokenizers.pile());
  }

  @Test
  void anUnknownVocabularySizeAsksForATokenizer() {
    assertThatThrownBy(() -> Tokenizers.forModel(model(321)))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("321")
        .hasMessageContaining("model.bin")
        .hasMessageContaining("--tokenizer");
  }

  @Test
  void aFileBesideTheModelThatFitsIsTaken() throws Exception {
    Files.writeString(folder.resolve("rwkv_vocab_v20230424.txt"), THREE);
    assertThat(Tokenizers.forModel(model(3)).encode("ab")).containsExactly(1, 2);
    assertThat(Tokenizers.forModel(FakeModel.at(folder, 3)).size()).isEqualTo(3);
    assertThat(Tokenizers.forModel(model(64)).size()).isEqualTo(3);
  }

  @Test
  void aFileOfAnotherModelInTheSameFolderIsPassedOver() throws Exception {
    Files.writeString(folder.resolve("rwkv_vocab_v20230424.txt"), THREE);
    Files.writeString(folder.resolve("tokenizer.json"), "{}");
    assertThat(Tokenizers.forModel(model(65536))).isSameAs(Tokenizers.world());
  }

  @Test
  void aFoundFileThatDoesNotFitIsNamedWhenNothingElseIsKnown() throws Exception {
    Files.writeString(folder.resolve("rwkv_vocab_v20230424.txt"), THREE);
    assertThatThrownBy(() -> Tokenizers.forModel(model(321)))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("rwkv_vocab_v20230424.txt has 3 tokens")
        .hasMessageContaining("model.bin has a vocabulary of 321")
        .hasMessageContaining("--tokenizer");
  }

  @Test
  void aTokenizerFitsItsSizeAndThatRoundedUp() {
    assertThat(Tokenizers.fits(65530, 65530)).isTrue();
    assertThat(Tokenizers.fits(65530, 65536)).isTrue();
    assertThat(Tokenizers.fits(50277, 50304)).isTrue();
    assertThat(Tokenizers.fits(65, 128)).isTrue();
    assertThat(Tokenizers.fits(129, 192)).isTrue();
    assertThat(Tokenizers.fits(129, 256)).isTrue();
    assertThat(Tokenizers.fits(65, 192)).isFalse();
    assertThat(Tokenizers.fits(50277, 65536)).isFalse();
    assertThat(Tokenizers.fits(256, 255)).isFalse();
  }

  @Test
  void anExplicitTokenizerThatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> Tokenizers.requireFit(Tokenizers.world(), model(256)))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("'world' has 65530 tokens")
        .hasMessageContaining("vocabulary of 256")
        .hasMessageContaining("--tokenizer");
  }

  @Test
  void theKindOfAFileIsRecognisedByItsContent() throws Exception {
    Path file = folder.resolve("some.thing");
    Files.writeString(file, "\uFEFF" + THREE);
    assertThat(Tokenizers.fromFile(file)).isInstanceOf(WorldTokenizer.class);
    Files.write(file, VocabularyFile.bundled("20B_tokenizer.json").content());
    assertThat(Tokenizers.fromFile(file)).isInstanceOf(JsonTokenizer.class);
    Files.writeString(file, "hello");
    assertThatThrownBy(() -> Tokenizers.fromFile(file))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("some.thing: is neither");
  }

  @Test
  void namesSelectWhatIsBuiltIn() {
    assertThat(Tokenizers.fromFile(Path.of("bytes"))).isSameAs(Tokenizers.bytes());
    assertThat(Tokenizers.fromFile(Path.of("world"))).isSameAs(Tokenizers.world());
    assertThat(Tokenizers.fromFile(Path.of("pile"))).isSameAs(Tokenizers.pile());
  }

  @Test
  void missingAndEmptyFilesAndFoldersGiveTypedErrors() throws Exception {
    Path empty = Files.createFile(folder.resolve("empty"));
    for (Path path : new Path[] {folder.resolve("nowhere.json"), folder, empty, Path.of("/")}) {
      assertThatThrownBy(() -> Tokenizers.fromFile(path))
          .isInstanceOf(TokenizerException.class)
          .hasMessageStartingWith(path + ": ");
    }
    assertThatThrownBy(() -> WorldTokenizer.of(folder)).isInstanceOf(TokenizerException.class);
    Files.writeString(folder.resolve("tokenizer.json"), "{");
    assertThatThrownBy(() -> Tokenizers.fromFile(folder))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("tokenizer.json: line 1");
  }
}

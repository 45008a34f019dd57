package dev.rwkv.text;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A {@code tokenizer.json} of Hugging Face's tokenizers, byte-level BPE, as the Pile models use.
 * Safe for any thread.
 *
 * <p>Text is encoded by the original Rust library through DJL: no special tokens are added, nothing
 * is truncated or padded. The file's normalizer applies, so that decoding gives back the normalised
 * text: NFC for GPT-NeoX-20B. Decoding needs no native code.
 */
public final class JsonTokenizer implements Tokenizer {
  private static final Map<String, String> OPTIONS =
      Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

  /** Keeps DJL from reporting to its makers and from fetching a CUDA build of its library. */
  private static final String OFFLINE = "ai.djl.offline";

  private final String name;
  private final JsonVocabulary vocabulary;
  private final HuggingFaceTokenizer encoder;

  private JsonTokenizer(String name, JsonVocabulary vocabulary, HuggingFaceTokenizer encoder) {
    this.name = name;
    this.vocabulary = vocabulary;
    this.encoder = encoder;
  }

  /**
   * Reads a tokenizer file.
   *
   * @throws TokenizerException if it is missing, damaged or no byte-level BPE, or if the native
   *     library does not load on this machine
   */
  public static JsonTokenizer of(Path file) {
    return of(VocabularyFile.read(file), file.getFileName().toString());
  }

  static JsonTokenizer of(VocabularyFile file, String name) {
    JsonVocabulary vocabulary = JsonVocabulary.read(file, name);
    return new JsonTokenizer(name, vocabulary, load(file, vocabulary.forEncoding()));
  }

  // One at a time, because it sets a property of the whole process for a moment.
  private static synchronized HuggingFaceTokenizer load(VocabularyFile file, byte[] json) {
    String before = System.getProperty(OFFLINE);
    if (before == null) {
      System.setProperty(OFFLINE, "true");
    }
    try {
      return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), OPTIONS);
    } catch (EngineException | LinkageError | AssertionError e) {
      // No such platform, no place to unpack to, or a library that the system refuses.
      throw doesNotLoad(file, e);
    } catch (IOException | RuntimeException e) {
      throw new TokenizerException(
          file.label() + ": the tokenizers library refuses it: " + e.getMessage(), e);
    } finally {
      if (before == null) {
        System.clearProperty(OFFLINE);
      }
    }
  }

  private static TokenizerException doesNotLoad(VocabularyFile file, Throwable cause) {
    return new TokenizerException(
        file.label()
            + ": the native tokenizers library does not load ("
            + (cause.getCause() == null ? cause : cause.getCause())
            + "): it needs Linux or Windows on x86-64, or Linux or macOS on arm64, and a folder to"
            + " unpack to, which DJL_CACHE_DIR names",
        cause);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int size() {
    return vocabulary.table().size();
  }

  @Override
  public int[] encode(String text) {
    // The native side takes an unpaired surrogate amiss: it would garble the whole text.
    String valid = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    try {
      long[] ids = encoder.encode(valid).getIds();
      int[] tokens = new int[ids.length];
      for (int i = 0; i < tokens.length; i++) {
        tokens[i] = Math.toIntExact(ids[i]);
      }
      return tokens;
    } catch (RuntimeException e) {
      throw new TokenizerException(
          "the tokenizer '" + name + "' cannot encode the text: " + e.getMessage(), e);
    } finally {
      // The library frees its native side in a finalizer, which could otherwise run during encode.
      Reference.reachabilityFence(encoder);
    }
  }

  @Override
  public byte[] bytes(int id) {
    return vocabulary.table().get(id);
  }

  @Override
  public boolean contains(int id) {
    return vocabulary.table().contains(id);
  }

  /** The added token {@code <|endoftext|>}. */
  @Override
  public OptionalInt endOfText() {
    return vocabulary.endOfText();
  }
}

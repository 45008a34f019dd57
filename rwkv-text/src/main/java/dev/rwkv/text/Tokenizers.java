package dev.rwkv.text;

import dev.rwkv.Model;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the tokenizer of a model, because a wrong one is the usual reason for garbage.
 *
 * <p>The two vocabularies of the released models are built in; nothing is ever downloaded. Built-in
 * tokenizers are read on first use and shared. Safe for any thread.
 */
public final class Tokenizers {
  private static final String WORLD_FILE = "rwkv_vocab_v20230424.txt";
  private static final String PILE_FILE = "20B_tokenizer.json";

  /** Files that are looked for beside a model, in this order. */
  private static final List<String> FILES = List.of("tokenizer.json", WORLD_FILE, PILE_FILE);

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  /** The tokenizers of this module, with their sizes so that choosing one need not read it. */
  private enum BuiltIn {
    BYTES(ByteTokenizer.SIZE, ByteTokenizer::new),
    WORLD(65_530, () -> WorldTokenizer.of(VocabularyFile.bundled(WORLD_FILE), "world")),
    PILE(50_277, () -> JsonTokenizer.of(VocabularyFile.bundled(PILE_FILE), "pile"));

    private final int size;
    private final Supplier<Tokenizer> reader;
    private @Nullable Tokenizer tokenizer;

    BuiltIn(int size, Supplier<Tokenizer> reader) {
      this.size = size;
      this.reader = reader;
    }

    // A failed attempt is made again: the user may have repaired what kept it from loading.
    synchronized Tokenizer get() {
      Tokenizer read = tokenizer;
      if (read == null) {
        read = reader.get();
        tokenizer = read;
      }
      return read;
    }

    static @Nullable BuiltIn named(String name) {
      for (BuiltIn builtIn : values()) {
        if (builtIn.name().equalsIgnoreCase(name)) {
          return builtIn;
        }
      }
      return null;
    }
  }

  private Tokenizers() {}

  /** One token a byte. */
  public static Tokenizer bytes() {
    return BuiltIn.BYTES.get();
  }

  /** The tokenizer of the World models: {@code rwkv_vocab_v20230424}. */
  public static Tokenizer world() {
    return BuiltIn.WORLD.get();
  }

  /**
   * The tokenizer of the Pile models: {@code 20B_tokenizer} of GPT-NeoX.
   *
   * @throws TokenizerException if its native library does not load on this machine
   */
  public static Tokenizer pile() {
    return BuiltIn.PILE.get();
  }

  /**
   * Reads a tokenizer file, whose kind is recognised by its content.
   *
   * <p>The names bytes, world and pile stand for what is built in.
   *
   * @param file a {@code tokenizer.json}, an RWKV vocabulary, or a folder with one of these
   * @throws TokenizerException if it is missing, damaged or of no known kind
   */
  public static Tokenizer fromFile(Path file) {
    BuiltIn builtIn = BuiltIn.named(file.toString());
    if (builtIn != null) {
      return builtIn.get();
    }
    if (Files.isDirectory(file)) {
      return fromFile(
          FILES.stream()
              .map(file::resolve)
              .filter(Files::exists)
              .findFirst()
              .orElseThrow(() ->
                  new TokenizerException(
                      file + ": the folder has none of " + String.join(", ", FILES))));
    }
    VocabularyFile content = VocabularyFile.read(file);
    String name = file.getFileName().toString();
    char first = firstCharacter(content.content());
    if (first == '{') {
      return JsonTokenizer.of(content, name);
    }
    if (first >= '0' && first <= '9') {
      return WorldTokenizer.of(content, name);
    }
    throw new TokenizerException(
        file
            + ": is neither a tokenizer.json nor an RWKV vocabulary: give one of these, or bytes,"
            + " world or pile");
  }

  private static char firstCharacter(byte[] content) {
    int i = Arrays.mismatch(content, BYTE_ORDER_MARK) >= BYTE_ORDER_MARK.length ? 3 : 0;
    while (i < content.length && Character.isWhitespace(content[i])) {
      i++;
    }
    return i < content.length ? (char) content[i] : 0;
  }

  /**
   * The tokenizer of a model: a file beside it if its size fits, otherwise the built-in one for the
   * size of its vocabulary.
   *
   * @throws TokenizerException if none fits; the message names what was found
   */
  public static Tokenizer forModel(Model model) {
    int vocabulary = model.config().vocabulary();
    TokenizerException problem = null;
    for (Path candidate : beside(model.source())) {
      try {
        Tokenizer found = fromFile(candidate);
        if (fits(found.size(), vocabulary)) {
          return found;
        }
        problem = misfit(candidate.toString(), found.size(), model);
      } catch (TokenizerException e) {
        problem = e;
      }
    }
    Optional<Tokenizer> builtIn = forVocabulary(vocabulary);
    if (builtIn.isPresent()) {
      return builtIn.get();
    }
    if (problem != null) {
      throw problem;
    }
    throw new TokenizerException(
        "no tokenizer is known for the vocabulary of "
            + vocabulary
            + " tokens of "
            + model.source()
            + ": name one with --tokenizer, or call TextGenerator.of(model, tokenizer)");
  }

  private static List<Path> beside(Path source) {
    Path folder = Files.isDirectory(source) ? source : source.toAbsolutePath().getParent();
    return folder == null
        ? List.of()
        : FILES.stream().map(folder::resolve).filter(Files::isRegularFile).toList();
  }

  /** The name of the built-in tokenizer for a vocabulary of this size; reads nothing. */
  public static Optional<String> nameForVocabulary(int vocabulary) {
    return Arrays.stream(BuiltIn.values())
        .filter(builtIn -> fits(builtIn.size, vocabulary))
        .map(builtIn -> builtIn.name().toLowerCase(Locale.ROOT))
        .findFirst();
  }

  /** The built-in tokenizer for a vocabulary of this size: 256, 65536 or 50277 with its padding. */
  public static Optional<Tokenizer> forVocabulary(int vocabulary) {
    for (BuiltIn builtIn : BuiltIn.values()) {
      if (fits(builtIn.size, vocabulary)) {
        return Optional.of(builtIn.get());
      }
    }
    return Optional.empty();
  }

  /**
   * Checks that a tokenizer is one for a model: of its size, or smaller only because the model's
   * vocabulary was rounded up to a multiple of 64 or 128.
   *
   * @return the tokenizer
   * @throws TokenizerException if it is not; the message names both
   */
  public static Tokenizer requireFit(Tokenizer tokenizer, Model model) {
    if (!fits(tokenizer.size(), model.config().vocabulary())) {
      throw misfit("'" + tokenizer.name() + "'", tokenizer.size(), model);
    }
    return tokenizer;
  }

  private static TokenizerException misfit(String tokenizer, int size, Model model) {
    return new TokenizerException(
        "the tokenizer "
            + tokenizer
            + " has "
            + size
            + " tokens, but the model "
            + model.source()
            + " has a vocabulary of "
            + model.config().vocabulary()
            + ": name the tokenizer that belongs to it with --tokenizer (bytes, world, pile or a"
            + " file)");
  }

  /**
   * Whether a tokenizer of {@code size} tokens can be that of a model: the vocabulary is as large,
   * or rounded up to a multiple of 64 or 128.
   */
  public static boolean fits(int size, int vocabulary) {
    return size == vocabulary
        || vocabulary == Math.ceilDiv(size, 64) * 64
        || vocabulary == Math.ceilDiv(size, 128) * 128;
  }
}

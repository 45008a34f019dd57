package dev.rwkv.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * The content of a tokenizer file, read from disk or from this module.
 *
 * @param label names the file in messages
 * @param content all its bytes
 */
record VocabularyFile(String label, byte[] content) {
  private static final long MOST_BYTES = 256L << 20;

  /**
   * Reads a file.
   *
   * @throws TokenizerException if it is missing, unreadable or too large to be a tokenizer
   */
  static VocabularyFile read(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw new TokenizerException(
            file + ": is a folder: give a tokenizer.json or a vocabulary file");
      }
      long size = Files.size(file);
      if (size > MOST_BYTES) {
        throw new TokenizerException(
            file
                + ": has "
                + size
                + " bytes, too many for a tokenizer: give a tokenizer.json or a"
                + " vocabulary file");
      }
      return new VocabularyFile(file.toString(), Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new TokenizerException(
          file
              + ": there is no such file: give a tokenizer.json, a vocabulary file, or one of"
              + " bytes, world, pile",
          e);
    } catch (AccessDeniedException e) {
      throw new TokenizerException(file + ": may not be read: check its permissions", e);
    } catch (IOException e) {
      throw new TokenizerException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Reads one that this module brings along. */
  static VocabularyFile bundled(String name) {
    try (InputStream packed =
        VocabularyFile.class.getResourceAsStream("vocabulary/" + name + ".gz")) {
      if (packed == null) {
        throw new TokenizerException(
            name + ": is missing from the jar of rwkv-text: the build or the packaging dropped it");
      }
      return new VocabularyFile(
          name + " (built in)", new GZIPInputStream(packed, 1 << 16).readAllBytes());
    } catch (IOException e) {
      throw new TokenizerException(name + ": the copy in the jar of rwkv-text is damaged", e);
    }
  }

  /**
   * The content as text.
   *
   * @throws TokenizerException if it is not UTF-8; the message names the line
   */
  String text() {
    ByteBuffer bytes = ByteBuffer.wrap(content);
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(bytes)
          .toString();
    } catch (CharacterCodingException e) {
      int line = 1;
      for (int i = 0; i < bytes.position(); i++) {
        line += content[i] == '\n' ? 1 : 0;
      }
      throw new TokenizerException(label + ": line " + line + ": is not UTF-8", e);
    }
  }
}

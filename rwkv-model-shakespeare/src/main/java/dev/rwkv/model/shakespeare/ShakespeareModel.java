package dev.rwkv.model.shakespeare;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * A small RWKV-4 that knows Shakespeare's plays byte by byte, trained by this project: {@code
 * Rwkv.open(ShakespeareModel.path())} works on a machine that has downloaded nothing.
 *
 * <p>It writes in their manner and knows nothing else. Its size, how it was trained and how well it
 * predicts are in its {@link #card}. Stateless and safe for any thread.
 */
public final class ShakespeareModel {
  private static final String FILE = "shakespeare.bin";
  private static final String CARD = "MODEL-CARD.md";

  private ShakespeareModel() {}

  /**
   * Where the checkpoint is: a file, or a path inside the jar, which checkpoint readers read as
   * well.
   */
  public static Path path() {
    URL url = Objects.requireNonNull(ShakespeareModel.class.getResource(FILE), FILE);
    try {
      URI uri = url.toURI();
      if (uri.getScheme().equals("jar")) {
        open(uri);
      }
      return Path.of(uri);
    } catch (URISyntaxException | IOException e) {
      throw new UncheckedIOException(
          "the built-in model cannot be read from " + url, new IOException(e));
    }
  }

  /** The model card, Markdown: what it learnt from, how, and how well it predicts. */
  public static String card() {
    try (InputStream card = ShakespeareModel.class.getResourceAsStream(CARD)) {
      return new String(Objects.requireNonNull(card, CARD).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the model card cannot be read", e);
    }
  }

  // A path inside a jar needs the jar's file system, which stays open with the program.
  private static void open(URI uri) throws IOException {
    try {
      FileSystems.newFileSystem(uri, Map.of());
    } catch (FileSystemAlreadyExistsException e) {
      // By an earlier call.
    }
  }
}

package dev.rwkv.conformance.report;

import dev.rwkv.Rwkv;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which kit judged: verdicts are comparable only between equal hashes.
 *
 * @param version of the kit
 * @param hash SHA-256 of its classes and resources, the first 16 bytes
 * @param api the version of the interfaces that the backend was tested through
 */
public record Kit(String version, String hash, String api) {

  /** This kit. */
  public static Kit here() {
    return new Kit(version(Kit.class), Holder.HASH, version(Rwkv.class));
  }

  private static String version(Class<?> of) {
    return Version.of(of).orElse("development");
  }

  private static final class Holder {
    static final String HASH = ofClasses();
  }

  private static String ofClasses() {
    try {
      Path source = Path.of(Kit.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path file : files(source)) {
        digest.update(source.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
        digest.update(Files.readAllBytes(file));
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 16);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("the kit cannot find its own classes", e);
    }
  }

  private static List<Path> files(Path source) throws IOException {
    try (Stream<Path> files = Files.walk(source)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}

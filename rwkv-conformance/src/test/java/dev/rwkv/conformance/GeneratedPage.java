package dev.rwkv.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Pages of the documentation that are made from sources: {@code -Ddocs=apply} writes them. */
public final class GeneratedPage {
  private static final Path ROOT = Path.of(System.getProperty("rwkv.root", ".."));

  private GeneratedPage() {}

  /** Fails when a page is not what its source says, or writes it. */
  public static void requireUpToDate(String page, String content) {
    Path file = ROOT.resolve(page);
    try {
      if ("apply".equals(System.getProperty("docs"))) {
        Files.writeString(file, content);
      }
      assertThat(file)
          .as("%s is generated: ./mvnw test -pl rwkv-conformance -am -Ddocs=apply writes it", page)
          .exists();
      assertThat(Files.readString(file))
          .as("%s is generated: ./mvnw test -pl rwkv-conformance -am -Ddocs=apply writes it", page)
          .isEqualTo(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

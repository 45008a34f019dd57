package dev.rwkv.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every source file is as google-java-format writes it. A test and not a plugin, because the
 * formatter must run on the JDK that compiles, which may not be the one that runs Maven.
 */
class FormattingTest {
  private static final Formatter FORMATTER = new Formatter();

  @Test
  void sourcesAreFormatted() throws IOException, FormatterException {
    boolean apply = "apply".equals(System.getProperty("format"));
    List<Path> unformatted = new ArrayList<>();
    List<Path> sources =
        Stream.of(SourceTree.modules(), SourceTree.examples())
            .flatMap(projects ->
                Stream.of("src/main/java", "src/test/java")
                    .flatMap(below -> SourceTree.javaFiles(projects, below).stream()))
            .toList();
    assertThat(sources).hasSizeGreaterThan(50);
    for (Path file : sources) {
      String source = SourceTree.read(file);
      String formatted = formatted(source);
      if (!formatted.equals(source)) {
        unformatted.add(file);
        if (apply) {
          Files.writeString(file, formatted);
        }
      }
    }
    if (!apply) {
      assertThat(unformatted)
          .as("files that are not formatted; './mvnw verify -Dformat=apply' formats them")
          .isEmpty();
    }
  }

  private static String formatted(String source) throws FormatterException {
    String imports =
        RemoveUnusedImports.removeUnusedImports(
            ImportOrderer.reorderImports(source, JavaFormatterOptions.Style.GOOGLE));
    return FORMATTER.formatSource(imports);
  }
}

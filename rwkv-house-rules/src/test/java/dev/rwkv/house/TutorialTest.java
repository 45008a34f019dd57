package dev.rwkv.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a tutorial shows is what the build tests. */
class TutorialTest {
  private static final Path TUTORIAL = SourceTree.root().resolve("docs/write-a-backend.md");
  private static final Path EXAMPLE = SourceTree.root().resolve("docs/examples/plain-backend");

  // A line with nothing but a file's name, then its text.
  private static final Pattern FILE =
      Pattern.compile(
          "^`([^`\\n]+)`:\\n\\n```[a-z]*\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  private static Map<String, String> shown() {
    Map<String, String> files = new LinkedHashMap<>();
    Matcher matcher = FILE.matcher(SourceTree.read(TUTORIAL));
    while (matcher.find()) {
      files.put(matcher.group(1), matcher.group(2));
    }
    return files;
  }

  @Test
  void everyFileThatIsShownIsThatOfTheExample() {
    shown()
        .forEach((file, text) ->
            assertThat(SourceTree.read(EXAMPLE.resolve(file))).as(file).isEqualTo(text));
  }

  @Test
  void everyFileOfTheExampleIsShown() {
    List<Path> files =
        Stream.concat(
                Stream.of(
                    EXAMPLE.resolve("pom.xml"),
                    EXAMPLE.resolve(
                        "src/main/resources/META-INF/services/dev.rwkv.spi.BackendProvider")),
                Stream.of("src/main/java", "src/test/java")
                    .flatMap(below -> SourceTree.javaFiles(List.of(EXAMPLE), below).stream()))
            .toList();
    assertThat(files).allMatch(Files::exists);
    assertThat(shown().keySet())
        .containsExactlyInAnyOrderElementsOf(
            files.stream().map(file -> EXAMPLE.relativize(file).toString()).toList());
  }
}

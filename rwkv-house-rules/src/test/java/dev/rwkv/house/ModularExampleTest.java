package dev.rwkv.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A backend that only its module-info registers, which exports nothing, beside a kit of modules.
 */
class ModularExampleTest {
  private static final Path TUTORIAL = SourceTree.root().resolve("docs/write-a-backend.md");
  private static final Pattern DESCRIPTOR = Pattern.compile("(?s)```java\n(module .*?)```");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"plain", "com.example.plain.PlainBackend"})
  void isFoundByItsNameAndByItsClass(String backend) throws IOException, InterruptedException {
    Matcher shown = DESCRIPTOR.matcher(SourceTree.read(TUTORIAL));
    assertThat(shown.find()).as("a module-info in the tutorial").isTrue();
    assertThat(ExampleBackend.asModule(folder, shown.group(1)).certify(backend, "RWKV-DOT-001"))
        .contains("PASS   RWKV-DOT-001")
        .contains("only a part of the requirements was tested");
  }
}

package dev.rwkv.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The certificate of the example fails where a line of it is broken, with that line's requirement.
 */
class BrokenExampleTest {
  private static final List<String> REQUIREMENTS =
      List.of("RWKV-DOT-001", "RWKV-LNM-001", "RWKV-MOD-001", "RWKV-STA-001");

  @TempDir Path folder;

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource({
    "RWKV-DOT-001, i < columns; i++, i < columns - columns % 4; i++",
    "RWKV-LNM-001, (each - mean) / x.length, (each - mean) / (x.length + 1)",
    "RWKV-MOD-001, float now = exp(bonus[c] + k[c] - q), float now = exp(k[c] - q)",
    "RWKV-STA-001, state[i] = (float) values[i], state[i] = (float) values[0]",
  })
  void aBrokenLineFailsItsRequirement(String requirement, String line, String broken)
      throws IOException, InterruptedException {
    assertThat(ExampleBackend.with(folder, line, broken).certify("plain", requirement))
        .contains("FAIL   " + requirement)
        .contains("look at: ")
        .contains("plain is not certified")
        .contains("not met: " + requirement)
        .endsWith("exit code 1");
  }

  @Test
  void unbrokenItPasses() throws IOException, InterruptedException {
    String line = "i < columns; i++";
    assertThat(
            ExampleBackend.with(folder, line, line)
                .certify("plain", String.join(",", REQUIREMENTS)))
        .contains(REQUIREMENTS.stream().map(id -> "PASS   " + id).toList())
        .contains("only a part of the requirements was tested");
  }
}

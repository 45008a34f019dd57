package dev.rwkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CertifyCommandTest {
  @TempDir Path folder;

  private JsonNode report() throws IOException {
    return JsonMapper.shared()
        .readTree(Files.readString(folder.resolve("conformance-report.json")));
  }

  @Test
  void certifiesTheReferenceAndWritesItsReport() throws IOException {
    Run run =
        Run.of(
                "certify",
                "--backend",
                "reference",
                "--tier",
                "quick",
                "--seed",
                5,
                "--report",
                folder)
            .succeeds();
    assertThat(run.out()).contains("seed 5", "PASS   RWKV-MOD-001", "reference is certified");
    assertThat(report().get("certified").booleanValue()).isTrue();
    assertThat(report().get("seed").longValue()).isEqualTo(5);
    JsonNode first = report().get("requirements").get(0);
    assertThat(first.propertyNames()).contains("id", "level", "verdict");
    assertThat(folder.resolve("index.html")).content().contains("reference is certified");
  }

  @Test
  void whatIsNotCertifiedEndsWithOne() throws IOException {
    Run part =
        Run.of(
            "certify",
            "-b",
            "reference",
            "--tier",
            "quick",
            "--only",
            "RWKV-DOT-001",
            "--report",
            folder);
    assertThat(part.exitCode()).isEqualTo(1);
    assertThat(part.out()).contains("reference is not certified").contains("only a part");
    assertThat(report().get("certified").booleanValue()).isFalse();
    Run replayed = Run.of("certify", "--replay", folder, "--only", "RWKV-DOT-001");
    assertThat(replayed.out())
        .contains("seed " + report().get("seed").longValue())
        .doesNotContain("another kit")
        .doesNotContain("was PASS");
  }

  @Test
  void saysWhatIsWrongWithItsOptions() throws IOException {
    Run.of("certify").isWrongUsage("-b=NAME", "--replay");
    Run.of("certify", "-b", "reference", "--replay", folder).isWrongUsage("--replay");
    Run.of("certify", "-b", "reference", "--tier", "lazy").isWrongUsage("--tier");
    Run nothing = Run.of("certify", "-b", "nothing").fails("'nothing'", "reference");
    assertThat(nothing.out()).isEmpty();
    Run.of("certify", "-b", "reference", "--only", "RWKV-XXX-001").fails("RWKV-XXX-001");
    Run.of("certify", "-b", "reference", "--seed", -1).fails("seed");
    Run.of("certify", "--replay", folder).fails("conformance-report.json is not there");
    Path damaged = Files.writeString(folder.resolve("damaged.json"), "{\"certified\": true}");
    Run.of("certify", "--replay", damaged).fails("damaged.json is no", "Missing creator property");
    Run.of("certify", "-b", "reference", "--report", damaged).fails("is a file, not a folder");
    Run.of("certify", "-b", "reference", "--seed", "abc").isWrongUsage("--seed");
    Path waivers = Files.writeString(folder.resolve("waivers.json"), "{\"id\": 1}");
    Run.of("certify", "-b", "reference", "--waivers", waivers).fails("waivers.json", "expires");
  }
}

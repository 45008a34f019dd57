package dev.rwkv.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.conformance.report.ReportFiles;
import dev.rwkv.conformance.requirement.Tier;
import dev.rwkv.error.InvalidArgumentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** What vendors set, and get wrong. */
class BackendConformanceOptionsTest {
  private static final String TIER = "rwkv.conformance.tier";
  private static final String SEED = "rwkv.conformance.seed";

  private final BackendConformance conformance = new VectorConformanceTest();

  @AfterEach
  void forget() {
    System.clearProperty(TIER);
    System.clearProperty(SEED);
  }

  @Test
  void theTierIsQuickUnlessTheSystemPropertySaysAnother() {
    assertThat(conformance.tier()).isEqualTo(Tier.QUICK);
    System.setProperty(TIER, "Full");
    assertThat(conformance.tier()).isEqualTo(Tier.FULL);
    System.setProperty(TIER, "sloppy");
    assertThatThrownBy(conformance::tier)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(TIER)
        .hasMessageContaining("'sloppy' is not quick, full or long");
  }

  @Test
  void aSeedThatIsNoNumberIsRefusedAndNotReplacedByAFreshOne() {
    assertThat(BackendConformance.seed()).isEmpty();
    System.setProperty(SEED, "12");
    assertThat(BackendConformance.seed()).hasValue(12);
    System.setProperty(SEED, "abc");
    assertThatThrownBy(BackendConformance::seed)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("'abc' is not a whole number");
  }

  @Test
  void aBackendThatIsNotThereFailsOnceAndInOneLine() {
    BackendConformance nothing =
        new BackendConformance() {
          @Override
          protected String backend() {
            return "nothing";
          }
        };
    List<DynamicTest> tests = nothing.requirements().toList();
    for (DynamicTest requirement : tests.subList(0, tests.size() - 1)) {
      assertThatThrownBy(() -> requirement.getExecutable().execute())
          .isInstanceOf(TestAbortedException.class)
          .hasMessageContaining("not tested");
    }
    assertThatThrownBy(() -> tests.getLast().getExecutable().execute())
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("the backend could not be tested: there is no backend 'nothing'")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void aNameThatCannotBeFoundFailsOnce() {
    BackendConformance nameless =
        new BackendConformance() {
          @Override
          protected String backend() {
            throw new InvalidArgumentException("backend", "none is registered");
          }
        };
    List<DynamicTest> tests = nameless.requirements().toList();
    assertThat(tests).hasSize(1);
    assertThatThrownBy(() -> tests.getFirst().getExecutable().execute())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("none is registered");
  }

  @Test
  void theOnlyBackendIsNamedByItsClass() {
    assertThat(conformance.backend()).isEqualTo("dev.rwkv.vector.VectorProvider");
  }

  @Test
  void aFolderThatCannotBeMadeIsRefusedBeforeTheRun(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> ReportFiles.prepare(file))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("file is a file, not a folder");
  }
}

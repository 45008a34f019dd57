package dev.rwkv.conformance.process;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rwkv.error.BackendException;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A kit that cannot run its tests says so, and blames no backend. */
class RequirementRunnerTest {

  @Test
  void withoutTheModuleThatReadsJarsNothingIsTested() {
    assertThatThrownBy(() -> RequirementRunner.requireTests(Set.of(), ModuleLayer.empty()))
        .isInstanceOf(BackendException.class)
        .hasMessageStartingWith("the kit cannot run its tests")
        .hasMessageContaining("lacks the module jdk.zipfs")
        .hasMessageContaining("take a JDK, or a runtime image that has the module");
  }

  @Test
  void withTheModuleItsJarIsToBlame() {
    assertThatThrownBy(() -> RequirementRunner.requireTests(Set.of(), ModuleLayer.boot()))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("its jar is not whole");
  }

  @Test
  void whatIsFoundIsRun() {
    assertThatCode(
            () -> RequirementRunner.requireTests(Set.of("RWKV-DOT-001"), ModuleLayer.empty()))
        .doesNotThrowAnyException();
  }
}

package dev.rwkv.conformance.requirement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.conformance.GeneratedPage;
import dev.rwkv.conformance.process.KitTests;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Requirements, tests and text belong together. */
class RequirementsTest {

  @Test
  void idsAreUnique() {
    assertThat(Requirements.all()).extracting(Requirement::id).doesNotHaveDuplicates();
  }

  @Test
  void everyRequirementHasATestInTheQuickTier() {
    assertThat(Requirements.all())
        .allSatisfy(each -> assertThat(KitTests.in(Tier.QUICK)).as(each.id()).contains(each.id()));
  }

  @Test
  void everyTestNamesARequirement() {
    Set<String> known =
        Requirements.all().stream().map(Requirement::id).collect(Collectors.toSet());
    assertThat(known).containsAll(KitTests.in(Tier.LONG));
  }

  @Test
  void everyRequirementSaysWhatWhyAndWhere() {
    assertThat(Requirements.all())
        .allSatisfy(each -> {
          assertThat(each.text()).as(each.id()).endsWith(".").doesNotContain("\n");
          assertThat(each.rationale()).as(each.id()).endsWith(".");
          assertThat(each.look()).as(each.id()).endsWith(".");
        });
  }

  @Test
  void thePageIsUpToDate() {
    GeneratedPage.requireUpToDate("docs/requirements.md", RequirementsPage.markdown());
  }
}

package dev.rwkv.conformance.requirement;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code docs/requirements.md}, made from {@code requirements.json}. */
public final class RequirementsPage {
  private RequirementsPage() {}

  /** The page as Markdown. */
  public static String markdown() {
    StringBuilder page =
        new StringBuilder(
            """
            # Requirements

            Generated from `requirements.json` of the conformance kit; do not edit. A requirement with a
            capability applies where it is declared, with `!` where it is not. MUST: without it there is no
            certificate.
            """);
    Set<String> areas =
        Requirements.all().stream()
            .map(Requirement::area)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    for (String area : areas) {
      page.append("\n## ").append(area).append('\n');
      Requirements.all().stream()
          .filter(each -> each.area().equals(area))
          .forEach(each -> append(page, each));
    }
    return page.toString();
  }

  private static void append(StringBuilder page, Requirement each) {
    page.append("\n### ").append(each.id()).append("\n\n");
    page.append("**").append(each.level()).append("** · since ").append(each.since());
    each.condition().ifPresent(condition -> page.append(" · `").append(condition).append('`'));
    page.append("\n\n").append(each.text());
    page.append("\n\n*Why.* ").append(each.rationale());
    page.append("\n\n*Where to look.* ").append(each.look()).append('\n');
  }
}

package dev.rwkv.conformance.report;

import dev.rwkv.error.InvalidArgumentException;
import java.time.LocalDate;

/**
 * A requirement that a vendor knows not to meet. It is tested all the same; a failure is then
 * WAIVED and not FAIL, until the date. A waived MUST still voids the certificate.
 *
 * @param id the requirement
 * @param reason why, for those who read the report
 * @param expires the last day on which it counts
 */
public record Waiver(String id, String reason, LocalDate expires) {

  /**
   * Checks the reason.
   *
   * @throws InvalidArgumentException if there is none
   */
  public Waiver {
    if (reason.isBlank()) {
      throw new InvalidArgumentException("waiver of " + id, "has no reason");
    }
  }

  /** Whether it counts on a day. */
  public boolean counts(LocalDate day) {
    return !day.isAfter(expires);
  }
}

package dev.rwkv.conformance.report;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What was found out about one requirement. */
public enum Verdict {
  /** Tested and met. */
  PASS,
  /** Tested and not met, or it could not be tested. */
  FAIL,
  /** It does not apply, because of what the backend declares. */
  @JsonProperty("N/A")
  NOT_APPLICABLE,
  /** Tested and not met, and the vendor said beforehand that it would not be, and why. */
  WAIVED;

  /** As reports write it. */
  public String label() {
    return this == NOT_APPLICABLE ? "N/A" : name();
  }
}

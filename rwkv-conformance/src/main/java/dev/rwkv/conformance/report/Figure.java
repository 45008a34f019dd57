package dev.rwkv.conformance.report;

/** The pictures of a report that tests can add points to. Both axes are logarithmic. */
public enum Figure {
  /** How much of its bound a step uses, the longer the text is. */
  ERROR("Errors over a long run", "tokens read before", "worst share of the bound"),
  /** Time, the more tokens there are. */
  TIME("Time against tokens", "tokens", "seconds"),
  /** Bytes, the more tokens there are. */
  MEMORY("Memory against tokens", "tokens", "bytes");

  private final String title;
  private final String across;
  private final String up;

  Figure(String title, String across, String up) {
    this.title = title;
    this.across = across;
    this.up = up;
  }

  /** What it shows. */
  public String title() {
    return title;
  }

  /** What the horizontal axis counts. */
  public String across() {
    return across;
  }

  /** What the vertical axis measures. */
  public String up() {
    return up;
  }
}

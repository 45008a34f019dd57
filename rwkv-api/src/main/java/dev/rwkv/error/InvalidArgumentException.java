package dev.rwkv.error;

/** An argument that can never be right: a token outside the vocabulary, an empty batch, a null. */
public class InvalidArgumentException extends RwkvException {
  private final String argument;

  /**
   * An argument is wrong.
   *
   * @param argument its name, with an index where it has one: {@code tokens[3]}
   * @param problem what is wrong and what was expected
   */
  public InvalidArgumentException(String argument, String problem) {
    super(argument + ": " + problem);
    this.argument = argument;
  }

  /** The name of the argument. */
  public String argument() {
    return argument;
  }
}

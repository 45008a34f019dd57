package dev.rwkv.error;

/** A state that does not fit the model: of another model, another layout, or not there yet. */
public class StateException extends RwkvException {
  public StateException(String message) {
    super(message);
  }
}

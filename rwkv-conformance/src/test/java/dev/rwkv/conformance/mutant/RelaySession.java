package dev.rwkv.conformance.mutant;

import dev.rwkv.Logits;
import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.State;

/** Passes everything on to an honest session: what mutants of the contract override. */
class RelaySession implements Session {
  protected final Session honest;
  protected final RelayModel model;

  RelaySession(Session honest, RelayModel model) {
    this.honest = honest;
    this.model = model;
  }

  @Override
  public Model model() {
    return model;
  }

  @Override
  public Logits step(int token) {
    return honest.step(token);
  }

  @Override
  public Logits prefill(int... tokens) {
    return honest.prefill(tokens);
  }

  @Override
  public void prefill(int[] tokens, LogitsVisitor visitor) {
    honest.prefill(tokens, visitor);
  }

  @Override
  public Logits logits() {
    return honest.logits();
  }

  @Override
  public Session fork() {
    return model.relay(honest.fork());
  }

  @Override
  public State snapshot() {
    return honest.snapshot();
  }

  @Override
  public void restore(State state) {
    honest.restore(state);
  }

  @Override
  public void reset() {
    honest.reset();
  }

  @Override
  public void close() {
    honest.close();
  }
}

package dev.rwkv.conformance.mutant;

import java.util.Optional;

/** A capability that is declared and not there. */
@Breaks(value = "RWKV-WKV-001", how = "declares WKV4_OPERATOR and offers none")
public final class OperatorMissing extends HonestBackend {
  @Override
  public <O> Optional<O> operator(Class<O> type) {
    return Optional.empty();
  }
}

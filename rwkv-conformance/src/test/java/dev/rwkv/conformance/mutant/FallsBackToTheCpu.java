package dev.rwkv.conformance.mutant;

import dev.rwkv.ModelConfig;
import dev.rwkv.spi.LoadOptions;
import java.util.Optional;

/** A graphics card that is the processor. */
@Breaks(value = "RWKV-DEV-001", how = "takes the processor where another device was asked for")
public final class FallsBackToTheCpu extends HonestBackend {
  @Override
  protected Optional<String> refusal(ModelConfig config, LoadOptions options) {
    return super.refusal(config, options.withDevice("cpu"));
  }
}

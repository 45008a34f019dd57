package dev.rwkv.train;

import dev.rwkv.Model;
import dev.rwkv.checkpoint.MemoryCheckpoint;
import dev.rwkv.checkpoint.StreamedTensor;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.text.GenerationRequest;
import dev.rwkv.text.Sampling;
import dev.rwkv.text.TextGenerator;
import dev.rwkv.text.Tokenizer;
import dev.rwkv.vector.VectorProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** What weights in training would write, found out by the backend that will run them. */
final class Sample {
  private Sample() {}

  /** Loads a copy of the weights, in memory, and lets {@code use} have the model. */
  static <T> T with(List<? extends StreamedTensor> weights, int threads, Function<Model, T> use) {
    Checkpoint checkpoint = MemoryCheckpoint.of(Path.of("(weights in training)"), weights);
    Model model;
    try {
      model = new VectorProvider().load(checkpoint, LoadOptions.defaults().withThreads(threads));
    } catch (RuntimeException | Error e) {
      checkpoint.close();
      throw e;
    }
    try (model) {
      return use.apply(model);
    }
  }

  /** The text that follows the prompt. */
  static String text(Model model, Tokenizer tokenizer, GenerationRequest request, long seed) {
    return TextGenerator.of(model, tokenizer)
        .complete(request.withSampling(Sampling.defaults().seed(seed)));
  }
}

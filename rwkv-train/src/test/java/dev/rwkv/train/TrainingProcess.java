package dev.rwkv.train;

import java.nio.file.Path;

/** A training in a process of its own, to be killed; its gradients are those of bigrams. */
final class TrainingProcess {
  private TrainingProcess() {}

  public static void main(String[] args) {
    TrainingConfig config = TrainingConfig.read(Path.of(args[0]));
    try (Trainer trainer =
        TrainerFactory.open(config, 2, false, (shape, threads) -> new BigramGradients(shape))) {
      trainer.run(new TrainingListener() {}, () -> false);
    }
  }
}

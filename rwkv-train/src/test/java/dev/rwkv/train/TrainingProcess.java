package dev.rwkv.train;

import java.nio.file.Path;

/**
 * A training in a process of its own, to be killed; its gradients are those of bigrams. It prints
 * the step that it begins after, and that of every checkpoint.
 */
final class TrainingProcess {
  private TrainingProcess() {}

  public static void main(String[] args) {
    TrainingConfig config = TrainingConfig.read(Path.of(args[0]));
    try (Trainer trainer =
        TrainerFactory.open(config, 1, false, (shape, threads) -> new BigramGradients(shape))) {
      trainer.run(
          new TrainingListener() {
            @Override
            public void begun(long step) {
              System.out.println(step);
            }

            @Override
            public void saved(long step, Path checkpoint) {
              System.out.println(step);
            }
          },
          () -> false);
    }
  }
}

package dev.rwkv.train;

import dev.rwkv.train.TrainingConfig.Stage;
import java.util.List;

/** The stages of a run, one after the other. */
record Stages(List<Stage> stages) {
  Stages {
    stages = List.copyOf(stages);
  }

  /**
   * Where a step is.
   *
   * @param number which stage, from 0
   * @param stage the stage
   * @param step the how-manieth of it, from 0
   */
  record Place(int number, Stage stage, long step) {}

  /** Where the step is that comes after so many. */
  Place at(long step) {
    long before = 0;
    for (int i = 0; i < stages.size(); i++) {
      Stage stage = stages.get(i);
      if (step < before + stage.steps()) {
        return new Place(i, stage, step - before);
      }
      before += stage.steps();
    }
    throw new IllegalStateException("step " + step + " is behind the last stage");
  }

  /** How many tokens so many steps learn. */
  long tokens(long steps) {
    long tokens = 0;
    long left = steps;
    for (Stage stage : stages) {
      long of = Math.min(left, stage.steps());
      tokens += of * stage.batch() * stage.context();
      left -= of;
    }
    return tokens;
  }
}

package dev.rwkv.train;

import dev.rwkv.checkpoint.StreamedTensor;
import dev.rwkv.tensor.Checkpoint;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** What a run makes better: the weights of a model, or the state that its texts start from. */
interface Learner extends AutoCloseable {

  /** The arrays that the optimiser changes, their gradients and its moments; always the same. */
  List<Adam.Tensor> tensors();

  /** What besides the configuration must be the same when a run is resumed. */
  Map<String, String> identity();

  /** The loss of a batch, in nats per token, and its gradients in {@link #tensors}. */
  double gradients(Batch batch, long step);

  /** The optimiser has made a step; the number of the step is from 1. */
  void stepped(long step);

  /** The loss of a batch for what {@link #write} would write. */
  double loss(Batch batch);

  /** The loss of a batch without what is learnt, if there is such a thing. */
  default Optional<ToDoubleFunction<Batch>> lossWithout() {
    return Optional.empty();
  }

  /** All that a later run needs to go on from here. */
  List<StreamedTensor> saved();

  /** The reverse of {@link #saved}. */
  void restore(Checkpoint checkpoint);

  /** Writes what was learnt, ready for use. */
  void write(Path target, Map<String, String> facts);

  /** Where the result goes when the run is over. */
  Path result();

  /** Where the result of the best validation goes. */
  Path best();

  /** What the model writes after a prompt. */
  String sample(String prompt, int tokens, long seed);

  @Override
  void close();
}

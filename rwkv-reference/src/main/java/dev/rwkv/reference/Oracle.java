package dev.rwkv.reference;

import dev.rwkv.ModelConfig;
import dev.rwkv.State;
import dev.rwkv.StateLayout;
import dev.rwkv.checkpoint.architecture.Architecture;
import dev.rwkv.checkpoint.architecture.Architectures;
import dev.rwkv.checkpoint.architecture.Rwkv4Weights;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import dev.rwkv.error.StateException;
import dev.rwkv.tensor.Checkpoint;
import java.util.ArrayList;
import java.util.List;

/**
 * Says what a model must answer, and how far a candidate's answer may be from it.
 *
 * <p>Immutable and safe for any thread. It reads the checkpoint's matrices whenever it is asked, so
 * the checkpoint must stay open; closing it is the caller's business.
 */
public final class Oracle {
  private final Network network;
  private final StateLayout layout;

  private Oracle(Network network, StateLayout layout) {
    this.network = network;
    this.layout = layout;
  }

  /**
   * The oracle of a model.
   *
   * @throws CheckpointException if the tensors are not those of a model that it knows
   */
  public static Oracle of(Checkpoint checkpoint) {
    Architecture architecture = Architectures.of(checkpoint);
    Rwkv4Weights weights = Rwkv4Weights.of(checkpoint);
    return new Oracle(new Network(weights), architecture.stateLayout(weights.config()));
  }

  /** The sizes of the model. */
  public ModelConfig config() {
    return network.config();
  }

  /**
   * One step in the recurrent form. Every error of an early layer is carried through all later
   * ones, so that the bounds of deep models are wide; see {@link #judge}.
   *
   * @param before the state that the candidate was given
   */
  public Expected step(State before, int token, ErrorModel errors) {
    check(before, token);
    return expected(network.step(token, layers(before), List.of(), errors), errors);
  }

  /**
   * One step judged from the candidate's own account of it. A state after a step holds what each
   * half of each block was given (the shifts), so the oracle continues every branch from what the
   * candidate says that it used, after having bounded that as well: errors add up along the
   * residual stream, and are not multiplied from layer to layer.
   *
   * @param before the state that the candidate was given
   * @param after the state that it had after the token
   */
  public Expected judge(State before, int token, State after, ErrorModel errors) {
    check(before, token);
    check(after, token);
    List<Block.Exports> exports = new ArrayList<>();
    for (LayerState layer : layers(after)) {
      exports.add(
          new Block.Exports() {
            @Override
            public Bounded timeMixInput(Bounded computed) {
              return errors.observed(layer.timeMixShift().values());
            }

            @Override
            public Bounded channelMixInput(Bounded computed) {
              return errors.observed(layer.channelMixShift().values());
            }
          });
    }
    return expected(network.step(token, layers(before), exports, errors), errors);
  }

  /**
   * A span in the parallel form, whose bounds hold for a candidate of either form.
   *
   * @param before the state that the candidate was given
   * @param tokens at least one
   * @return what is expected after the last token
   */
  public Expected span(State before, int[] tokens, ErrorModel errors) {
    if (tokens.length == 0) {
      throw new InvalidArgumentException("tokens", "the span is empty: there is nothing to expect");
    }
    for (int token : tokens) {
      check(before, token);
    }
    Network.Span span = network.span(tokens, layers(before), errors);
    Bounded last = span.x()[tokens.length - 1];
    return new Expected(network.logits(last, errors), LayerStates.components(span.next()));
  }

  private Expected expected(Network.Step step, ErrorModel errors) {
    return new Expected(network.logits(step.x(), errors), LayerStates.components(step.next()));
  }

  private List<LayerState> layers(State state) {
    return LayerStates.of(state, config().layers());
  }

  private void check(State state, int token) {
    if (!state.layout().equals(layout)) {
      throw new StateException("the " + state.layout() + " does not fit " + config());
    }
    if (token < 0 || token >= config().vocabulary()) {
      throw new InvalidArgumentException(
          "token",
          token + " is not in the vocabulary: token ids are 0 to " + (config().vocabulary() - 1));
    }
  }
}

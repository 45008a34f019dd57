package dev.rwkv.reference;

import dev.rwkv.checkpoint.architecture.Rwkv4Weights;

/**
 * One layer (paper, figure 2): x += timeMix(ln1(x)), then x += channelMix(ln2(x)).
 *
 * @param timeMixNorm ln1
 * @param timeMix the half that looks back
 * @param channelMixNorm ln2
 * @param channelMix the feed-forward half
 */
public record Block(
    LayerNorm timeMixNorm, TimeMix timeMix, LayerNorm channelMixNorm, ChannelMix channelMix) {

  /**
   * What a half of the block is given in place of the oracle's own normalised input: that input
   * itself, or what a candidate says that it used.
   */
  interface Exports {
    /** The oracle's own inputs. */
    Exports NONE =
        new Exports() {
          @Override
          public Bounded timeMixInput(Bounded computed) {
            return computed;
          }

          @Override
          public Bounded channelMixInput(Bounded computed) {
            return computed;
          }
        };

    /** The input of time-mix; becomes {@code att.shift}. */
    Bounded timeMixInput(Bounded computed);

    /** The input of channel-mix; becomes {@code ffn.shift}. */
    Bounded channelMixInput(Bounded computed);
  }

  /** x after the block, and the block's state. */
  record Step(Bounded x, LayerState next) {}

  /** x of every token after the block, and the block's state after the last. */
  record Span(Bounded[] x, LayerState next) {}

  static Block of(Rwkv4Weights.Layer weights, double epsilon) {
    return new Block(
        norm(weights.timeMixNorm(), epsilon),
        TimeMix.of(weights.timeMix()),
        norm(weights.channelMixNorm(), epsilon),
        ChannelMix.of(weights.channelMix()));
  }

  static LayerNorm norm(Rwkv4Weights.Norm weights, double epsilon) {
    return new LayerNorm(weights.weight().toDoubles(), weights.bias().toDoubles(), epsilon);
  }

  /** The recurrent form: one token. */
  Step step(Bounded x, LayerState state, Exports exports, ErrorModel errors) {
    Bounded timeMixShift = timeMixNorm.apply(x, errors);
    TimeMix.Step mixed =
        timeMix.step(exports.timeMixInput(timeMixShift), state.timeMixShift(), state.wkv(), errors);
    Bounded middle = Residual.add(x, mixed.change(), errors);

    Bounded channelMixShift = channelMixNorm.apply(middle, errors);
    Bounded change =
        channelMix.step(exports.channelMixInput(channelMixShift), state.channelMixShift(), errors);
    return new Step(
        Residual.add(middle, change, errors),
        new LayerState(timeMixShift, mixed.next(), channelMixShift));
  }

  /** The parallel form: a span of at least one token. */
  Span span(Bounded[] x, LayerState state, ErrorModel errors) {
    Bounded[] timeMixShift = normalised(timeMixNorm, x, errors);
    TimeMix.Span mixed = timeMix.span(timeMixShift, state.timeMixShift(), state.wkv(), errors);
    Bounded[] middle = Residual.add(x, mixed.changes(), errors);

    Bounded[] channelMixShift = normalised(channelMixNorm, middle, errors);
    Bounded[] changes = channelMix.span(channelMixShift, state.channelMixShift(), errors);
    int last = x.length - 1;
    return new Span(
        Residual.add(middle, changes, errors),
        new LayerState(timeMixShift[last], mixed.next(), channelMixShift[last]));
  }

  private static Bounded[] normalised(LayerNorm norm, Bounded[] x, ErrorModel errors) {
    Bounded[] y = new Bounded[x.length];
    for (int t = 0; t < y.length; t++) {
      y[t] = norm.apply(x[t], errors);
    }
    return y;
  }
}

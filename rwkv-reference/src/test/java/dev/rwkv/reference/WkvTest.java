package dev.rwkv.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.spi.Wkv4Operator;
import dev.rwkv.spi.Wkv4Operator.Form;
import dev.rwkv.spi.Wkv4Operator.Numerics;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** All ways of computing WKV agree: definition, recurrences, parallel form, composition. */
class WkvTest {
  private static final Wkv4Operator OPERATOR = new ReferenceWkv();

  /** Relative to the largest value; exponents up to 10⁴ cost four digits, 64 tokens two. */
  private static final double TOLERANCE = 1e-9;

  /** One channel. */
  private record Channel(double w, double u, double[] k, double[] v) {

    static Channel random(int tokens, double largestKey, double logDecay, long seed) {
      Random random = new Random(seed);
      double[] k = random.doubles(tokens, -1, 1).map(x -> x * largestKey).toArray();
      double[] v = random.doubles(tokens, -2, 2).toArray();
      return new Channel(-Math.exp(logDecay), random.nextDouble(-4, 4), k, v);
    }

    Wkv4Operator.Span span(double a, double b, double p) {
      return new Wkv4Operator.Span(
          k.length,
          1,
          new double[] {w},
          new double[] {u},
          k.clone(),
          v.clone(),
          new double[] {a},
          new double[] {b},
          new double[] {p});
    }

    double[] definition() {
      return WkvDefinition.wkv(w, u, k, v);
    }
  }

  @Property(tries = 300)
  void everyStabilisedWayMeetsTheDefinition(
      @ForAll @IntRange(min = 0, max = 64) int tokens,
      @ForAll @DoubleRange(min = 0, max = 1e4) double largestKey,
      @ForAll @DoubleRange(min = -20, max = 6) double logDecay,
      @ForAll boolean minusInfinity,
      @ForAll long seed) {
    Channel channel = Channel.random(tokens, largestKey, logDecay, seed);
    double start = minusInfinity ? Double.NEGATIVE_INFINITY : -1e30;
    double[] definition = channel.definition();
    for (Form form : Form.values()) {
      double[] wkv = OPERATOR.apply(form, Numerics.STABILISED, channel.span(0, 0, start));
      assertClose(wkv, definition, 2);
    }
    assertClose(composed(channel, WkvComposition.NEUTRAL), definition, 2);
  }

  @Property(tries = 200)
  void noDecayAtAllIsAllowed(@ForAll @IntRange(min = 1, max = 64) int tokens, @ForAll long seed) {
    Channel drawn = Channel.random(tokens, 10, 0, seed);
    Channel channel = new Channel(0, drawn.u, drawn.k, drawn.v);
    for (Form form : Form.values()) {
      Wkv4Operator.Span span = channel.span(0, 0, -1e30);
      assertClose(OPERATOR.apply(form, Numerics.STABILISED, span), channel.definition(), 2);
      // b·e^p is then the plain sum of all e^k.
      double sum = Arrays.stream(channel.k).map(Math::exp).sum();
      assertThat(span.denominator()[0] * Math.exp(span.exponent()[0]) / sum)
          .isCloseTo(1, within(1e-12));
    }
  }

  @Property(tries = 300)
  void theNaiveWaysMeetTheDefinitionWhereTheyDoNotOverflow(
      @ForAll @IntRange(min = 0, max = 64) int tokens,
      @ForAll @DoubleRange(min = 0, max = 300) double largestKey,
      @ForAll @DoubleRange(min = -20, max = 1) double logDecay,
      @ForAll long seed) {
    Channel channel = Channel.random(tokens, largestKey, logDecay, seed);
    for (Form form : Form.values()) {
      double[] wkv = OPERATOR.apply(form, Numerics.NAIVE, channel.span(0, 0, 0));
      assertClose(wkv, channel.definition(), 2);
    }
  }

  @Property(tries = 50)
  void theNaiveWaysOverflowForLargeKeysAndTheStabilisedDoNot(
      @ForAll @DoubleRange(min = 720, max = 1e4) double key, @ForAll long seed) {
    Channel channel = Channel.random(5, 10, 0, seed);
    channel.k[2] = key;
    for (Form form : Form.values()) {
      assertThat(OPERATOR.apply(form, Numerics.NAIVE, channel.span(0, 0, 0))[2]).isNaN();
      assertFinite(OPERATOR.apply(form, Numerics.STABILISED, channel.span(0, 0, -1e30)));
    }
  }

  @Property(tries = 300)
  void anyStateContinuesAlikeInEveryWay(
      @ForAll @IntRange(min = 0, max = 40) int before,
      @ForAll @IntRange(min = 0, max = 40) int after,
      @ForAll @DoubleRange(min = 0, max = 1e4) double largestKey,
      @ForAll @DoubleRange(min = -20, max = 6) double logDecay,
      @ForAll Form first,
      @ForAll Form second,
      @ForAll long seed) {
    Channel whole = Channel.random(before + after, largestKey, logDecay, seed);
    Channel head = part(whole, 0, before);
    Channel tail = part(whole, before, before + after);
    Wkv4Operator.Span start = head.span(0, 0, -1e30);
    double[] wkv = OPERATOR.apply(first, Numerics.STABILISED, start);
    Wkv4Operator.Span rest =
        tail.span(start.numerator()[0], start.denominator()[0], start.exponent()[0]);
    double[] more = OPERATOR.apply(second, Numerics.STABILISED, rest);

    double[] all = Arrays.copyOf(wkv, before + after);
    System.arraycopy(more, 0, all, before, after);
    assertClose(all, whole.definition(), 2);

    Wkv4Operator.Span atOnce = whole.span(0, 0, -1e30);
    OPERATOR.apply(Form.RECURRENT, Numerics.STABILISED, atOnce);
    assertSameSums(rest, atOnce);
  }

  @Property(tries = 300)
  void compositionIsAssociative(
      @ForAll @DoubleRange(min = 0, max = 1e4) double largestKey,
      @ForAll @DoubleRange(min = -20, max = 6) double logDecay,
      @ForAll long seed) {
    Channel c = Channel.random(3, largestKey, logDecay, seed);
    WkvComposition x = WkvComposition.token(c.w, c.k[0], c.v[0]);
    WkvComposition y = WkvComposition.token(c.w, c.k[1], c.v[1]);
    WkvComposition z = WkvComposition.token(c.w, c.k[2], c.v[2]);
    WkvComposition left = x.then(y).then(z);
    WkvComposition right = x.then(y.then(z));
    assertThat(left.w()).isCloseTo(right.w(), within(1e-12 * Math.abs(right.w())));
    assertThat(WkvState.atExponent(left.a(), left.p(), right.p()))
        .isCloseTo(right.a(), within(TOLERANCE));
    assertThat(WkvState.atExponent(left.b(), left.p(), right.p()))
        .isCloseTo(right.b(), within(TOLERANCE));
    for (WkvComposition same :
        new WkvComposition[] {WkvComposition.NEUTRAL.then(x), x.then(WkvComposition.NEUTRAL)}) {
      assertThat(new double[] {same.w(), same.p(), same.a(), same.b()})
          .containsExactly(new double[] {x.w(), x.p(), x.a(), x.b()}, within(0));
    }
  }

  @Property(tries = 200)
  void theScanGivesEveryTokenWhatStandsBeforeIt(
      @ForAll @IntRange(min = 0, max = 33) int tokens, @ForAll long seed) {
    Channel c = Channel.random(tokens, 5, -1, seed);
    Wkv4Operator.Span span = c.span(0.5, 1.5, 0.25);
    double[] wkv = OPERATOR.apply(Form.RECURRENT, Numerics.STABILISED, span);
    assertClose(composed(c, new WkvComposition(0, 0.25, 0.5, 1.5)), wkv, 2);
  }

  @Property(tries = 500)
  void finiteOperandsNeverGiveNaN(
      @ForAll @IntRange(min = 1, max = 8) int tokens,
      @ForAll boolean negative,
      @ForAll @IntRange(min = -30, max = 300) int logKey,
      @ForAll @IntRange(min = -30, max = 300) int logDecay,
      @ForAll @DoubleRange(min = -1e6, max = 1e6) double bonus,
      @ForAll @IntRange(min = -30, max = 200) int logValue) {
    double key = (negative ? -1 : 1) * Math.pow(10, logKey);
    double decay = -Math.pow(10, logDecay);
    double value = Math.pow(10, logValue);
    double[] k = new double[tokens];
    double[] v = new double[tokens];
    for (int t = 0; t < tokens; t++) {
      k[t] = t % 2 == 0 ? key : -key / (t + 1);
      v[t] = t % 3 == 0 ? value : -value;
    }
    Channel channel = new Channel(decay, bonus, k, v);
    for (double start : new double[] {-1e30, Double.NEGATIVE_INFINITY}) {
      if (Math.abs(key) > 1e29 && start == -1e30) {
        continue; // a key of the size of the stand-in for −∞ is not told from it
      }
      for (Form form : Form.values()) {
        Wkv4Operator.Span span = channel.span(0, 0, start);
        assertFinite(OPERATOR.apply(form, Numerics.STABILISED, span));
        assertFinite(span.numerator());
        assertFinite(span.denominator());
      }
    }
  }

  @Example
  void theFirstTokenIsItsOwnValueWhateverItsKey() {
    for (double key : new double[] {-1e4, 0, 1e4}) {
      Channel channel = new Channel(-1, 0.3, new double[] {key}, new double[] {0.7});
      for (Form form : Form.values()) {
        assertThat(OPERATOR.apply(form, Numerics.STABILISED, channel.span(0, 0, -1e30)))
            .containsExactly(0.7);
      }
    }
  }

  @Example
  void aSmallCaseByHand() {
    // Two tokens with k = 0, u = ln 2, w = −ln 2: the second sees (1·v₀ + 2·v₁)/3.
    Channel channel =
        new Channel(-Math.log(2), Math.log(2), new double[] {0, 0, 0}, new double[] {3, 6, 12});
    // The third sees (½·v₀ + 1·v₁ + 2·v₂)/3.5.
    double[] expected = {3, (3 + 12) / 3.0, (1.5 + 6 + 24) / 3.5};
    assertClose(channel.definition(), expected, 1);
    for (Form form : Form.values()) {
      for (Numerics numerics : Numerics.values()) {
        assertClose(OPERATOR.apply(form, numerics, channel.span(0, 0, 0)), expected, 1);
      }
    }
  }

  @Example
  void theNaiveStateKeepsItsExponentAtZero() {
    Channel channel = Channel.random(4, 1, 0, 3);
    for (Form form : Form.values()) {
      Wkv4Operator.Span span = channel.span(2, 3, 1); // 2e and 3e, at exponent 0
      Wkv4Operator.Span same = channel.span(2 * Math.E, 3 * Math.E, 0);
      assertClose(
          OPERATOR.apply(form, Numerics.NAIVE, span),
          OPERATOR.apply(form, Numerics.NAIVE, same),
          1);
      assertThat(span.exponent()).containsExactly(0);
    }
  }

  private static double[] composed(Channel c, WkvComposition start) {
    WkvComposition[] tokens = new WkvComposition[c.k.length];
    for (int t = 0; t < tokens.length; t++) {
      tokens[t] = WkvComposition.token(c.w, c.k[t], c.v[t]);
    }
    WkvComposition[] before = WkvComposition.scan(start, tokens);
    double[] wkv = new double[tokens.length];
    for (int t = 0; t < wkv.length; t++) {
      wkv[t] = before[t].wkv(c.u, c.k[t], c.v[t]);
    }
    return wkv;
  }

  private static Channel part(Channel c, int from, int to) {
    return new Channel(
        c.w, c.u, Arrays.copyOfRange(c.k, from, to), Arrays.copyOfRange(c.v, from, to));
  }

  private static void assertSameSums(Wkv4Operator.Span one, Wkv4Operator.Span other) {
    double p = other.exponent()[0];
    double scale = Math.max(1, other.denominator()[0]);
    assertThat(WkvState.atExponent(one.numerator()[0], one.exponent()[0], p))
        .isCloseTo(other.numerator()[0], within(2 * scale * TOLERANCE));
    assertThat(WkvState.atExponent(one.denominator()[0], one.exponent()[0], p))
        .isCloseTo(other.denominator()[0], within(scale * TOLERANCE));
  }

  private static void assertFinite(double[] numbers) {
    assertThat(Arrays.stream(numbers).boxed()).allMatch(Double::isFinite);
  }

  private static void assertClose(double[] actual, double[] expected, double largestValue) {
    assertThat(actual).containsExactly(expected, within(TOLERANCE * largestValue));
  }

  private static org.assertj.core.data.Offset<Double> within(double tolerance) {
    return org.assertj.core.data.Offset.offset(tolerance);
  }
}

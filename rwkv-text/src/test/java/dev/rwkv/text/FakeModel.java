package dev.rwkv.text;

import dev.rwkv.Device;
import dev.rwkv.Fingerprint;
import dev.rwkv.ModelConfig;
import dev.rwkv.State;
import dev.rwkv.StateLayout;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.spi.AbstractModel;
import dev.rwkv.spi.AbstractSession;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * A model whose state is a hash of every token it has consumed and whose logits are a hash of that
 * state: a token that is lost, repeated or consumed out of order changes everything after it.
 */
final class FakeModel extends AbstractModel {
  /** All tokens that any session has consumed, in order. */
  final List<Integer> consumed = Collections.synchronizedList(new ArrayList<>());

  /** The lengths of the spans in which they came; 1 also for a step. */
  final List<Integer> spans = Collections.synchronizedList(new ArrayList<>());

  /** Called after each token is consumed, inside the step. */
  volatile IntConsumer afterToken = token -> {};

  /** Sessions that are open. */
  final AtomicInteger openSessions = new AtomicInteger();

  private final float[] bias;

  private FakeModel(Path source, float[] bias) {
    super(
        "fake",
        Set.of(),
        new NoWeights(source),
        ModelConfig.of("fake", 1, 4, 4, bias.length),
        StateLayout.of(
            "fake", List.of(new StateLayout.Component("blocks.0.hash", Shape.of(4), 0))));
    this.bias = bias;
  }

  /** A model of V tokens, all about equally likely. */
  static FakeModel ofVocabulary(int vocabulary) {
    return at(Path.of("fake.bin"), vocabulary);
  }

  static FakeModel at(Path source, int vocabulary) {
    return new FakeModel(source, new float[vocabulary]);
  }

  /** A byte model that practically says nothing but the bytes of this alphabet. */
  static FakeModel speaking(String alphabet) {
    float[] bias = new float[256];
    Arrays.fill(bias, -60);
    for (byte b : alphabet.getBytes(StandardCharsets.UTF_8)) {
      bias[Byte.toUnsignedInt(b)] = 0;
    }
    return new FakeModel(Path.of("fake.bin"), bias);
  }

  /** A model that says these tokens one after the other, whatever it is told, and then the last. */
  static FakeModel reciting(int vocabulary, int promptLength, int... script) {
    FakeModel model = ofVocabulary(vocabulary);
    model.script = script;
    model.promptLength = promptLength;
    return model;
  }

  private int[] script = {};
  private int promptLength;

  private static long mix(long z) {
    long a = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL;
    long b = (a ^ (a >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return b ^ (b >>> 33);
  }

  @Override
  protected AbstractSession createSession() {
    openSessions.incrementAndGet();
    return new FakeSession();
  }

  @Override
  protected void release() {}

  @Override
  public Device device() {
    return new Device(Device.Kind.OTHER, "fake", 1);
  }

  @Override
  public DType precision() {
    return DType.F32;
  }

  private final class FakeSession extends AbstractSession {
    private final MemorySegment buffer;
    private long hash;

    FakeSession() {
      this(MemorySegment.ofArray(new byte[4 * FakeModel.this.config().vocabulary()]));
    }

    private FakeSession(MemorySegment buffer) {
      super(FakeModel.this, DType.F32, buffer);
      this.buffer = buffer;
    }

    @Override
    protected void advance(int token) {
      spans.add(1);
      consume(token);
      fill();
    }

    @Override
    protected void advance(int[] tokens, SpanListener listener) {
      spans.add(tokens.length);
      for (int i = 0; i < tokens.length; i++) {
        consume(tokens[i]);
        fill();
        listener.logitsReady(i);
      }
    }

    private void consume(int token) {
      hash = mix(hash * 31 + token + 1);
      consumed.add(token);
      afterToken.accept(token);
    }

    private void fill() {
      for (int i = 0; i < bias.length; i++) {
        float noise = (mix(hash ^ (0x9E3779B97F4A7C15L * (i + 1))) >>> 40) * 0x1p-24f;
        buffer.set(State.FLOAT, 4L * i, bias[i] + 6 * noise);
      }
      if (script.length > 0) {
        int at = Math.clamp(consumed.size() - promptLength, 0, script.length - 1);
        buffer.set(State.FLOAT, 4L * script[at], 100);
      }
    }

    @Override
    protected State readState() {
      double[] parts = new double[4];
      for (int i = 0; i < 4; i++) {
        parts[i] = hash >>> (16 * i) & 0xFFFF;
      }
      return State.ofValues(stateLayout(), fingerprint(), DType.F32, parts);
    }

    @Override
    protected void writeState(State state) {
      double[] parts = state.toDoubles();
      hash = 0;
      for (int i = 0; i < 4; i++) {
        hash |= (long) parts[i] << (16 * i);
      }
    }

    @Override
    protected void release() {
      openSessions.decrementAndGet();
    }
  }

  private record NoWeights(Path source) implements Checkpoint {
    @Override
    public String format() {
      return "fake";
    }

    @Override
    public Set<String> names() {
      return Set.of();
    }

    @Override
    public TensorView tensor(String name) {
      throw new CheckpointException(source, "has no tensors");
    }

    @Override
    public Map<String, String> metadata() {
      return Map.of();
    }

    @Override
    public Fingerprint fingerprint() {
      return new Fingerprint("00112233445566778899aabbccddeeff");
    }

    @Override
    public void close() {}
  }
}

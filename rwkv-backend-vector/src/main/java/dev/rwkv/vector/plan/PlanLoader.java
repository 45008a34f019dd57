package dev.rwkv.vector.plan;

import dev.rwkv.checkpoint.Quantiser;
import dev.rwkv.checkpoint.architecture.Rwkv4Weights;
import dev.rwkv.error.BackendException;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.RwkvException;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import dev.rwkv.vector.kernel.Kernels;
import dev.rwkv.vector.kernel.PanelFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Lays the weights of a checkpoint out in panels, on all threads, a few panels at a time: beside
 * the panels it needs memory for a handful of rows, and pages of the file are not needed twice.
 *
 * <p>A matrix whose numbers of half precision do not fit into {@link PanelFormat} is held in f32.
 */
public final class PlanLoader {
  private static final int PANELS_AT_A_TIME = 4;
  private static final int EMBEDDING_ROWS = 256;

  /** A matrix on its way into panels. */
  private static final class Packing {
    final TensorView source;
    final DType dtype;
    PanelFormat format;
    @Nullable MemorySegment data;
    volatile boolean unfit;

    Packing(TensorView source, DType dtype) {
      this.source = source;
      this.dtype = dtype;
      this.format = PanelFormat.of(dtype);
    }

    int rows() {
      return (int) source.shape().dim(0);
    }

    int columns() {
      return (int) source.shape().dim(1);
    }

    long bytes(int panelRows) {
      return PanelMatrix.bytes(rows(), columns(), format, panelRows);
    }
  }

  private final Path file;
  private final Rwkv4Weights weights;
  private final @Nullable DType precision;
  private final Kernels kernels;
  private final WorkerTeam team;
  private final Arena memory;
  private final List<Packing> packings = new ArrayList<>();
  private final Map<Integer, int[]> places = new HashMap<>();

  private PlanLoader(
      Path file,
      Rwkv4Weights weights,
      @Nullable DType precision,
      Kernels kernels,
      WorkerTeam team,
      Arena memory) {
    this.file = file;
    this.weights = weights;
    this.precision = precision;
    this.kernels = kernels;
    this.team = team;
    this.memory = memory;
  }

  /**
   * Loads a model.
   *
   * @param file to name in errors
   * @param precision what to hold the weights in, in the meaning of {@link
   *     dev.rwkv.checkpoint.Requantised}; null for as stored
   * @throws CheckpointException if a weight cannot be used
   * @throws BackendException if there is not enough memory
   */
  public static ModelPlan load(
      Path file,
      Rwkv4Weights weights,
      @Nullable DType precision,
      Kernels kernels,
      WorkerTeam team) {
    Arena memory = Arena.ofShared();
    try {
      return new PlanLoader(file, weights, precision, kernels, team, memory).load();
    } catch (RuntimeException | Error e) {
      memory.close();
      throw explained(e, weights);
    }
  }

  private static RuntimeException explained(Throwable e, Rwkv4Weights weights) {
    Throwable reason = e instanceof BackendException && e.getCause() != null ? e.getCause() : e;
    if (reason instanceof OutOfMemoryError) {
      return new BackendException(
          "the weights of "
              + weights.config()
              + " do not fit into memory: choose a narrower precision such as q8_0",
          reason);
    }
    if (reason instanceof RwkvException known) {
      return known;
    }
    if (e instanceof Error error) {
      throw error;
    }
    return (RuntimeException) e;
  }

  private ModelPlan load() {
    // Largest first, so that no thread is left with a large one at the end.
    Packing head = add(weights.head(), plainPrecision());
    List<Packing[]> blocks = new ArrayList<>();
    for (Rwkv4Weights.Layer layer : weights.layers()) {
      Rwkv4Weights.TimeMix t = layer.timeMix();
      Rwkv4Weights.ChannelMix c = layer.channelMix();
      blocks.add(
          new Packing[] {
            add(t.key(), precision),
            add(t.value(), precision),
            add(t.receptance(), precision),
            add(t.output(), precision),
            add(c.key(), precision),
            add(c.receptance(), precision),
            add(c.value(), precision)
          });
    }
    pack(packings);
    List<Packing> again = packings.stream().filter(packing -> packing.unfit).toList();
    for (Packing packing : again) {
      packing.format = PanelFormat.F32;
      packing.unfit = false;
    }
    if (!again.isEmpty()) {
      pack(again);
    }
    List<LayerPlan> layers = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      layers.add(layer(weights.layers().get(i), blocks.get(i)));
    }
    return new ModelPlan(
        weights.config(),
        kernels,
        embedding(),
        norm(weights.embeddingNorm()),
        List.copyOf(layers),
        norm(weights.outputNorm()),
        matrix(head),
        layers.getFirst().timeMix().key().format().dtype(),
        memory);
  }

  // Embedding and head are never quantised, unless they are stored so.
  private @Nullable DType plainPrecision() {
    return precision == null || precision.isQuantised() ? null : precision;
  }

  private Packing add(TensorView matrix, @Nullable DType held) {
    Packing packing = new Packing(matrix, held == null ? matrix.dtype() : held);
    packings.add(packing);
    return packing;
  }

  private TensorView embedding() {
    TensorView stored = weights.embedding();
    DType held = plainPrecision();
    if (held == null || held == stored.dtype()) {
      return stored;
    }
    int rows = (int) stored.shape().dim(0);
    long rowBytes = held.bytes(stored.shape().dim(1));
    MemorySegment data = memory.allocate(rows * rowBytes, WeightMemory.ALIGNMENT);
    int parts = (rows + EMBEDDING_ROWS - 1) / EMBEDDING_ROWS;
    AtomicInteger next = new AtomicInteger();
    team.run(worker -> {
      for (int i = next.getAndIncrement(); i < parts; i = next.getAndIncrement()) {
        int from = i * EMBEDDING_ROWS;
        int to = Math.min(rows, from + EMBEDDING_ROWS);
        try (Arena temporary = Arena.ofConfined()) {
          TensorView part = rows(stored, from, to, held, temporary);
          data.asSlice(from * rowBytes, part.data().byteSize()).copyFrom(part.data());
        }
      }
    });
    return TensorView.of(stored.name(), held, stored.shape(), data);
  }

  /** Rows {@code [from, to)} of a matrix in the type that they are to be held in. */
  private TensorView rows(TensorView matrix, int from, int to, DType held, Arena temporary) {
    long columns = matrix.shape().dim(1);
    DType stored = matrix.dtype();
    TensorView part =
        TensorView.of(
            matrix.name(),
            stored,
            Shape.of(to - from, columns),
            matrix
                .data()
                .asSlice(stored.bytes(from * columns), stored.bytes((to - from) * columns)));
    try {
      return Quantiser.convert(file, part, held, temporary);
    } catch (CheckpointException e) {
      // Again as a whole: the message then counts elements from the tensor's first.
      return Quantiser.convert(file, matrix, held, temporary);
    }
  }

  private void pack(List<Packing> all) {
    int height = kernels.panelRows();
    allocate(all, height);
    List<Runnable> parts = new ArrayList<>();
    ThreadLocal<PanelPacker> packers = ThreadLocal.withInitial(() -> new PanelPacker(height));
    for (Packing packing : all) {
      int rowsAtATime = PANELS_AT_A_TIME * height;
      for (int row = 0; row < packing.rows(); row += rowsAtATime) {
        int from = row;
        int to = Math.min(packing.rows(), row + rowsAtATime);
        parts.add(() -> pack(packing, from, to, packers.get()));
      }
    }
    AtomicInteger part = new AtomicInteger();
    team.run(worker -> {
      for (int i = part.getAndIncrement(); i < parts.size(); i = part.getAndIncrement()) {
        parts.get(i).run();
      }
      packers.remove();
    });
  }

  private void pack(Packing packing, int from, int to, PanelPacker packer) {
    MemorySegment data = Objects.requireNonNull(packing.data);
    int height = kernels.panelRows();
    long panelBytes = packing.format.panelBytes(height, packing.columns());
    try (Arena temporary = Arena.ofConfined()) {
      TensorView rows = rows(packing.source, from, to, packing.dtype, temporary);
      for (int row = from; row < to && !packing.unfit; row += height) {
        MemorySegment panel = data.asSlice(row / height * panelBytes, panelBytes);
        if (!packer.pack(rows, row - from, packing.format, panel)) {
          packing.unfit = true;
        }
      }
    }
  }

  private void allocate(List<Packing> all, int height) {
    long bytes = 0;
    for (Packing packing : all) {
      bytes += aligned(packing.bytes(height));
    }
    Optional<MemorySegment> mapped = WeightMemory.mapped(bytes, memory);
    if (mapped.isPresent()) {
      long at = 0;
      for (Packing packing : all) {
        packing.data = mapped.get().asSlice(at, packing.bytes(height));
        at += aligned(packing.bytes(height));
      }
      return;
    }
    // Allocating clears memory, which is half of the work: on all threads as well.
    AtomicInteger next = new AtomicInteger();
    team.run(worker -> {
      for (int i = next.getAndIncrement(); i < all.size(); i = next.getAndIncrement()) {
        Packing packing = all.get(i);
        packing.data = memory.allocate(packing.bytes(height), WeightMemory.ALIGNMENT);
      }
    });
  }

  private static long aligned(long bytes) {
    return (bytes + WeightMemory.ALIGNMENT - 1) / WeightMemory.ALIGNMENT * WeightMemory.ALIGNMENT;
  }

  private PanelMatrix matrix(Packing packing) {
    return new PanelMatrix(
        Objects.requireNonNull(packing.data),
        packing.rows(),
        places.computeIfAbsent(packing.columns(), PanelFormat::places),
        packing.format,
        kernels);
  }

  private LayerPlan layer(Rwkv4Weights.Layer layer, Packing[] matrices) {
    Rwkv4Weights.TimeMix t = layer.timeMix();
    Rwkv4Weights.ChannelMix c = layer.channelMix();
    float[] decay = new float[t.decay().length];
    for (int i = 0; i < decay.length; i++) {
      decay[i] = (float) t.decay()[i];
    }
    return new LayerPlan(
        new LayerPlan.TimeMix(
            norm(layer.timeMixNorm()),
            vector(t.mixKey()),
            vector(t.mixValue()),
            vector(t.mixReceptance()),
            padded(decay),
            vector(t.bonus()),
            matrix(matrices[0]),
            matrix(matrices[1]),
            matrix(matrices[2]),
            matrix(matrices[3])),
        new LayerPlan.ChannelMix(
            norm(layer.channelMixNorm()),
            vector(c.mixKey()),
            vector(c.mixReceptance()),
            matrix(matrices[4]),
            matrix(matrices[5]),
            matrix(matrices[6])));
  }

  private LayerPlan.Norm norm(Rwkv4Weights.Norm norm) {
    return new LayerPlan.Norm(vector(norm.weight()), vector(norm.bias()));
  }

  private float[] vector(TensorView vector) {
    return padded(vector.toFloats());
  }

  private float[] padded(float[] values) {
    int height = kernels.panelRows();
    return Arrays.copyOf(values, (values.length + height - 1) / height * height);
  }
}

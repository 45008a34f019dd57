package dev.rwkv.checkpoint;

import dev.rwkv.error.CheckpointException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Appends tensors to a file: several threads make the parts, one writes them in order.
 *
 * <p>Memory is bounded by one part of {@value #PART_ELEMENTS} elements a thread, whatever the size
 * of the tensors; the bytes do not depend on the number of threads. For one thread.
 */
final class TensorStream implements AutoCloseable {
  /** A whole number of blocks of every type. */
  static final int PART_ELEMENTS = 1 << 18;

  private static final int LARGEST_ELEMENT_BYTES = 8;

  private final Path target;
  private final AtomicFile file;
  private final Progress progress;
  private final long totalBytes;
  private final Arena arena = Arena.ofShared();
  private final List<MemorySegment> buffers = new ArrayList<>();
  private final ExecutorService threads;
  private long doneBytes;

  TensorStream(
      Path target, AtomicFile file, List<StreamedTensor> tensors, int threads, Progress progress) {
    this.target = target;
    this.file = file;
    this.progress = progress;
    this.totalBytes = tensors.stream().mapToLong(t -> t.dtype().bytes(t.shape().elements())).sum();
    for (int i = 0; i < threads; i++) {
      buffers.add(arena.allocate((long) PART_ELEMENTS * LARGEST_ELEMENT_BYTES, 64));
    }
    this.threads = Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().factory());
  }

  void write(StreamedTensor tensor) {
    progress.written(tensor.name(), doneBytes, totalBytes);
    long elements = tensor.shape().elements();
    long wave = (long) PART_ELEMENTS * buffers.size();
    for (long from = 0; from < elements; from += wave) {
      List<MemorySegment> parts = parts(tensor, Math.min(wave, elements - from));
      fill(tensor, from, parts);
      for (MemorySegment part : parts) {
        ByteBuffer bytes = part.asByteBuffer();
        file.write(bytes);
        doneBytes += part.byteSize();
        progress.written(tensor.name(), doneBytes, totalBytes);
      }
    }
  }

  private List<MemorySegment> parts(StreamedTensor tensor, long count) {
    List<MemorySegment> parts = new ArrayList<>();
    for (long done = 0; done < count; done += PART_ELEMENTS) {
      long bytes = tensor.dtype().bytes(Math.min(PART_ELEMENTS, count - done));
      parts.add(buffers.get(parts.size()).asSlice(0, bytes));
    }
    return parts;
  }

  private void fill(StreamedTensor tensor, long from, List<MemorySegment> parts) {
    if (parts.size() == 1) {
      tensor.fill(from, parts.getFirst());
      return;
    }
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      long start = from + (long) i * PART_ELEMENTS;
      MemorySegment part = parts.get(i);
      tasks.add(() -> {
        tensor.fill(start, part);
        return null;
      });
    }
    try {
      for (Future<Void> task : threads.invokeAll(tasks)) {
        task.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CheckpointException(target, "writing was interrupted", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new AssertionError("filling throws nothing checked", e);
      }
    }
  }

  @Override
  public void close() {
    threads.close();
    arena.close();
  }
}

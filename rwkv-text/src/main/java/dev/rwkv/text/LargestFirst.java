package dev.rwkv.text;

/**
 * Gives out logits from the largest to the smallest, equal ones by rising index: a binary heap of
 * primitive keys, because usually only the first few of very many are wanted.
 */
final class LargestFirst {
  private long[] heap = {};
  private int size;

  /** A number that is smaller for a larger logit, and for a lower index among equal logits. */
  static long key(float logit, int index) {
    int bits = Float.floatToIntBits(logit + 0.0f); // −0 equals 0
    int rising = bits >= 0 ? bits : bits ^ Integer.MAX_VALUE;
    return ((long) ~rising << 32) | index;
  }

  /** The index that a key was made of. */
  static int index(long key) {
    return (int) key;
  }

  /** Empties it and makes room. */
  void clear(int capacity) {
    if (heap.length < capacity) {
      heap = new long[capacity];
    }
    size = 0;
  }

  /** Adds a logit; {@link #arrange} comes after the last one. */
  void add(float logit, int index) {
    heap[size++] = key(logit, index);
  }

  /** Makes a heap of what was added. */
  void arrange() {
    for (int i = size / 2 - 1; i >= 0; i--) {
      sink(i);
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The index of the largest logit. */
  int first() {
    return index(heap[0]);
  }

  /** Takes out the key of the largest logit. */
  long pop() {
    long top = heap[0];
    heap[0] = heap[--size];
    sink(0);
    return top;
  }

  private void sink(int from) {
    long key = heap[from];
    int at = from;
    for (int child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && heap[child + 1] < heap[child]) {
        child++;
      }
      if (heap[child] >= key) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = key;
  }
}

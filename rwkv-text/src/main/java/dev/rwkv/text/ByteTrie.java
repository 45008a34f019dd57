package dev.rwkv.text;

import java.util.Arrays;

/**
 * A map from strings of bytes to token ids that finds the longest one at a place of a text.
 *
 * <p>Nodes are numbers and edges lie in one hash table of two flat arrays, because 65,000 tokens
 * make 140,000 nodes: as objects with 256 children each they take seconds and hundreds of megabytes
 * to build.
 */
final class ByteTrie {
  /** A node number and a byte share one positive int. */
  static final int MOST_NODES = 1 << 23;

  static final int NONE = -1;
  private static final int ROOT = 0;

  // An edge is stored as 1 + (node << 8 | byte), so that 0 means an empty place.
  private int[] edges = new int[1 << 12];
  private int[] targets = new int[1 << 12];
  private int[] tokens = new int[1 << 12];
  private int nodes = 1;

  ByteTrie() {
    Arrays.fill(tokens, NONE);
  }

  /**
   * Adds a key, or gives a known key another token.
   *
   * @return whether there was room for it
   */
  boolean put(byte[] key, int token) {
    int node = ROOT;
    for (byte b : key) {
      int place = place(node, b);
      if (edges[place] == 0) {
        if (nodes == MOST_NODES) {
          return false;
        }
        edges[place] = edge(node, b);
        targets[place] = nodes;
        node = nodes++;
        grow();
      } else {
        node = targets[place];
      }
    }
    tokens[node] = token;
    return true;
  }

  /**
   * Finds the longest key that begins at {@code from}.
   *
   * @return its token in the upper and its length in the lower 32 bits, or {@link #NONE}
   */
  long longest(byte[] text, int from) {
    long best = NONE;
    int node = ROOT;
    for (int i = from; i < text.length; i++) {
      int place = place(node, text[i]);
      if (edges[place] == 0) {
        break;
      }
      node = targets[place];
      if (tokens[node] != NONE) {
        best = (long) tokens[node] << 32 | (i + 1 - from);
      }
    }
    return best;
  }

  private static int edge(int node, byte b) {
    return 1 + ((node << 8) | Byte.toUnsignedInt(b));
  }

  /** Where the edge is, or the empty place where it belongs. */
  private int place(int node, byte b) {
    int edge = edge(node, b);
    int mask = edges.length - 1;
    int place = ((edge * 0x9E3779B9) >>> 7) & mask;
    while (edges[place] != 0 && edges[place] != edge) {
      place = (place + 1) & mask;
    }
    return place;
  }

  private void grow() {
    if (nodes == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * nodes);
      Arrays.fill(tokens, nodes, tokens.length, NONE);
    }
    if (2 * nodes > edges.length) {
      int[] oldEdges = edges;
      int[] oldTargets = targets;
      edges = new int[2 * oldEdges.length];
      targets = new int[edges.length];
      for (int i = 0; i < oldEdges.length; i++) {
        if (oldEdges[i] != 0) {
          int key = oldEdges[i] - 1;
          int place = place(key >>> 8, (byte) key);
          edges[place] = oldEdges[i];
          targets[place] = oldTargets[i];
        }
      }
    }
  }
}

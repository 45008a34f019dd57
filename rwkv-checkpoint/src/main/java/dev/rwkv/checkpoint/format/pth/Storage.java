package dev.rwkv.checkpoint.format.pth;

/**
 * What a pickle says of a storage that lies outside of it; several tensors may share one.
 *
 * @param type the type of its elements
 * @param key its name in the container
 * @param elements how many elements it has, not negative
 */
record Storage(StorageType type, String key, long elements) {

  /** Its size, or {@link Long#MAX_VALUE} if that does not fit. */
  long bytes() {
    int each = type.dtype().blockBytes();
    return elements > Long.MAX_VALUE / each ? Long.MAX_VALUE : elements * each;
  }
}

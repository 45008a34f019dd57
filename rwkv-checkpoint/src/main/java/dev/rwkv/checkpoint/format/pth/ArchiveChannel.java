package dev.rwkv.checkpoint.format.pth;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/**
 * Shows mapped memory to a library that reads channels, and stops it after {@link #MAX_READ_BYTES}:
 * a directory of millions of members would fill the heap before anybody could look at it.
 *
 * <p>For one thread. Closing does nothing: the memory is somebody else's.
 */
final class ArchiveChannel implements SeekableByteChannel {
  /** A thousand members, the local headers included, take less than 300 kB. */
  static final long MAX_READ_BYTES = 8 << 20;

  private final MemorySegment bytes;
  private long position;
  private long readBytes;

  ArchiveChannel(MemorySegment bytes) {
    this.bytes = bytes;
  }

  @Override
  public int read(ByteBuffer destination) throws IOException {
    if (position >= bytes.byteSize()) {
      return -1;
    }
    int count = (int) Math.min(destination.remaining(), bytes.byteSize() - position);
    readBytes += count;
    if (readBytes > MAX_READ_BYTES) {
      throw new IOException("its directory is larger than that of any checkpoint");
    }
    destination.put(bytes.asSlice(position, count).asByteBuffer());
    position += count;
    return count;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SeekableByteChannel position(long newPosition) {
    if (newPosition < 0) {
      throw new IllegalArgumentException("negative position " + newPosition);
    }
    position = newPosition;
    return this;
  }

  @Override
  public long size() {
    return bytes.byteSize();
  }

  @Override
  public int write(ByteBuffer source) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long size) {
    throw new NonWritableChannelException();
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}

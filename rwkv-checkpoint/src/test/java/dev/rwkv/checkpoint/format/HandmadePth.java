package dev.rwkv.checkpoint.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes what {@code torch.save} writes, instruction by instruction, with f32 storages of four
 * elements, so that a test can change any of it.
 */
public final class HandmadePth {
  public static final int ELEMENTS = 4;

  private HandmadePth() {}

  /** A pickle in the making. */
  public static final class Pickle {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    public Pickle() {
      op(0x80, 2);
    }

    public Pickle op(int... bytes) {
      for (int b : bytes) {
        out.write(b);
      }
      return this;
    }

    public Pickle global(String module, String name) {
      return op('c').raw(module + "\n" + name + "\n");
    }

    public Pickle text(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      return op('X').i32(utf8.length).raw(text);
    }

    public Pickle i32(int value) {
      out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
      return this;
    }

    public Pickle raw(String text) {
      out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
      return this;
    }

    public Pickle number(int value) {
      return op('J').i32(value);
    }

    /** {@code torch._utils._rebuild_tensor_v2(storage, 0, (4,), (1,), False, OrderedDict())}. */
    public Pickle tensor(String key) {
      global("torch._utils", "_rebuild_tensor_v2").op('(', '(').text("storage");
      global("torch", "FloatStorage").text(key).text("cpu").number(ELEMENTS).op('t', 'Q');
      number(0).number(ELEMENTS).op(0x85).number(1).op(0x85, 0x89);
      return global("collections", "OrderedDict").op(')', 'R', 't', 'R');
    }

    public byte[] stop() {
      return op('.').out.toByteArray();
    }
  }

  /** A state dict of tensors [4], each in its own storage 0, 1, 2 … */
  public static byte[] stateDict(String... names) {
    return stateDict(new Pickle(), names).stop();
  }

  private static Pickle stateDict(Pickle pickle, String... names) {
    pickle.global("collections", "OrderedDict").op(')', 'R', '(');
    for (int i = 0; i < names.length; i++) {
      pickle.text(names[i]).tensor(Integer.toString(i));
    }
    return pickle.op('u');
  }

  /** The archive around a pickle, with this many storages. */
  public static byte[] zip(byte[] pickle, int storages) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      store(zip, "archive/data.pkl", pickle);
      store(zip, "archive/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < storages; i++) {
        store(zip, "archive/data/" + i, storage(i));
      }
    }
    return bytes.toByteArray();
  }

  public static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  public static byte[] storage(int number) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * ELEMENTS).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < ELEMENTS; i++) {
      bytes.putFloat(10 * number + i);
    }
    return bytes.array();
  }

  /** The container of before PyTorch 1.6. */
  public static byte[] legacy(String... names) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Pickle magic = new Pickle().op(0x8a, 10);
    magic.op(0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19);
    out.writeBytes(magic.stop());
    out.writeBytes(new Pickle().op('M', 1001 & 0xff, 1001 >> 8).stop());
    out.writeBytes(new Pickle().op('}', '(').text("little_endian").op(0x88, 'u').stop());
    out.writeBytes(stateDict(names));
    Pickle keys = new Pickle().op(']', '(');
    for (int i = 0; i < names.length; i++) {
      keys.text(Integer.toString(i));
    }
    out.writeBytes(keys.op('e').stop());
    for (int i = 0; i < names.length; i++) {
      out.writeBytes(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(ELEMENTS).array());
      out.writeBytes(storage(i));
    }
    return out.toByteArray();
  }
}

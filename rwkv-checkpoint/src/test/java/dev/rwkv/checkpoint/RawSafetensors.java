package dev.rwkv.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A safetensors file read by the letter of the format, independently of the readers. */
record RawSafetensors(int headerBytes, String headerText, JsonNode header, byte[] file) {

  static RawSafetensors read(Path path) throws IOException {
    byte[] file = Files.readAllBytes(path);
    int length = Math.toIntExact(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong());
    String text = new String(file, 8, length, StandardCharsets.UTF_8);
    return new RawSafetensors(length, text, JsonMapper.shared().readTree(text), file);
  }

  byte[] data(String tensor) {
    JsonNode offsets = header.get(tensor).get("data_offsets");
    int start = 8 + headerBytes;
    return Arrays.copyOfRange(file, start + offsets.get(0).asInt(), start + offsets.get(1).asInt());
  }

  float[] floats(String tensor) {
    ByteBuffer bytes = ByteBuffer.wrap(data(tensor)).order(ByteOrder.LITTLE_ENDIAN);
    float[] floats = new float[bytes.remaining() / 4];
    bytes.asFloatBuffer().get(floats);
    return floats;
  }
}

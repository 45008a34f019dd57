package dev.rwkv.cli;

import dev.rwkv.testing.SharedData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong with a file, the answer is exit code 1 and one line that names it. */
class BadFilesTest {
  @TempDir Path folder;

  @Test
  void missingAndEmpty() throws IOException {
    Run.of("inspect", folder.resolve("nowhere.pth")).fails("nowhere.pth", "no such file");
    Run.of("inspect", Files.createFile(folder.resolve("empty.bin"))).fails("empty.bin", "empty");
    Run.of("inspect", Files.createDirectory(folder.resolve("hollow"))).fails("hollow");
    Run.of("inspect", Path.of("/dev/null")).fails("/dev/null");
  }

  @Test
  void noCheckpointAtAll() throws IOException {
    Run.of("inspect", file("notes.txt", "Dear diary, today I wrote a tensor."))
        .fails("notes.txt", "known are", "safetensors");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tiny-rwkv-4v0-660K-FP16.bin",
        "mini-v4-a-Q5_1.bin",
        "mini-v4-a-bf16.pth",
        "mini-v4-a-fp32-legacy.pth",
        "mini-v4-a-bf16.safetensors",
      })
  void cutOffAnywhere(String name) throws IOException {
    byte[] whole = Files.readAllBytes(SharedData.path("models/" + name));
    for (int part = 0; part < 64; part++) {
      Path cut = folder.resolve("cut-" + part);
      Files.write(cut, Arrays.copyOf(whole, (int) ((long) whole.length * part / 64)));
      Run.of("inspect", cut).fails(cut.toString());
      Files.delete(cut);
    }
  }

  @Test
  void hostileSafetensorsHeaders() throws IOException {
    Run.of("inspect", safetensors("long", 1L << 62, "{}")).fails("long");
    Run.of("inspect", safetensors("negative", Long.MIN_VALUE, "{}")).fails("negative");
    fails("broken", "{\"emb.weight\": {\"dtype\": \"F32\",");
    fails("array", "[1, 2, 3]");
    fails("emptied", "{}");
    fails("wrong", tensor("emb.weight", "F7", "[1]", 0, 4), "emb.weight", "F7");
    fails("short", tensor("emb.weight", "F32", "[2]", 0, 4), "emb.weight");
    fails("outside", tensor("emb.weight", "F32", "[1]", 1000, 1004), "emb.weight");
    fails("backwards", tensor("emb.weight", "F32", "[1]", 4, 0), "emb.weight");
    fails("overflow", tensor("emb.weight", "F32", "[4294967296, 4294967296]", 0, 4), "emb.weight");
    fails("minus", tensor("emb.weight", "F32", "[-1]", 0, 4), "emb.weight");
    fails(
        "overlap",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]}}");
    fails("alien", tensor("emb.weight", "F32", "[1]", 0, 4), "no RWKV model");
  }

  private void fails(String name, String json, CharSequence... mentions) throws IOException {
    Path file = safetensors(name, json.length(), json);
    Run run = Run.of("inspect", file).fails(name);
    run.fails(mentions);
  }

  private static String tensor(String name, String dtype, String shape, long from, long to) {
    return "{\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}}"
        .formatted(name, dtype, shape, from, to);
  }

  private Path safetensors(String name, long headerLength, String json) throws IOException {
    byte[] header = json.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(headerLength).put(header);
    return Files.write(folder.resolve(name), bytes.array());
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }
}

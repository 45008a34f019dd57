package dev.rwkv.checkpoint.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rwkv.checkpoint.format.HandmadePth.Pickle;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.tensor.Checkpoint;
import dev.rwkv.tensor.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A pickle is a program by a stranger: it gets tensors, and nothing else. */
class HostilePthTest {
  @TempDir Path folder;

  @Test
  void anHonestPickleGivesItsTensors() throws IOException {
    Path file = write(HandmadePth.zip(HandmadePth.stateDict("x", "y"), 2));
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertThat(checkpoint.names()).containsExactly("x", "y");
      assertThat(checkpoint.tensor("y").dtype()).isEqualTo(DType.F32);
      assertThat(checkpoint.tensor("y").toDoubles()).containsExactly(10, 11, 12, 13);
    }
  }

  @Test
  void archivesWithZip64RecordsAreRead() throws IOException {
    Path file = folder.resolve("model.pth");
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(file)) {
      zip.setUseZip64(Zip64Mode.Always);
      zip.setMethod(ZipEntry.STORED);
      byte[][] contents = {HandmadePth.stateDict("x"), HandmadePth.storage(0)};
      String[] names = {"archive/data.pkl", "archive/data/0"};
      for (int i = 0; i < names.length; i++) {
        zip.putArchiveEntry(new ZipArchiveEntry(names[i]));
        zip.write(contents[i]);
        zip.closeArchiveEntry();
      }
    }
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertThat(checkpoint.tensor("x").toDoubles()).containsExactly(0, 1, 2, 3);
    }
  }

  @Test
  void theNotesOfAStateDictAreDropped() throws IOException {
    Pickle pickle = new Pickle().global("collections", "OrderedDict").op(')', 'R', '(');
    pickle.text("x").tensor("0").op('u', '}').text("_metadata");
    pickle.global("collections", "OrderedDict").op(')', 'R', 's', 'b');
    try (Checkpoint checkpoint = Checkpoint.open(write(HandmadePth.zip(pickle.stop(), 1)))) {
      assertThat(checkpoint.names()).containsExactly("x");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "os, system",
    "posix, system",
    "builtins, eval",
    "decimal, Decimal",
    "datetime, datetime",
    "collections, defaultdict",
    "torch, LongStorage",
    "torch._utils, _rebuild_parameter",
  })
  void noOtherNameIsEverResolved(String module, String name) throws IOException {
    byte[] asGlobal = new Pickle().global(module, name).op('(').text("id").op('t', 'R').stop();
    byte[] asStackGlobal =
        new Pickle().text(module).text(name).op(0x93, '(').text("id").op('t', 'R').stop();
    byte[] asInstance =
        new Pickle().op('(').text("id").op('i').raw(module + "\n" + name + "\n").stop();
    byte[] asNewObject = new Pickle().global(module, name).op(')', 0x81).stop();
    byte[] asObject = new Pickle().op('(').global(module, name).op('o').stop();
    for (byte[] pickle :
        new byte[][] {asGlobal, asStackGlobal, asInstance, asNewObject, asObject}) {
      refused(pickle, module + "." + name);
    }
  }

  @Test
  void allowedNamesAreNotCalledOtherwise() throws IOException {
    refused(new Pickle().global("collections", "OrderedDict").op(')', 0x81).stop(), "refused");
    refused(new Pickle().global("torch", "FloatStorage").op(')', 'R').stop(), "refused");
    refused(
        new Pickle().global("collections", "OrderedDict").op('(', ']', 't', 'R').stop(), "refused");
    refused(new Pickle().op('}', '}', 'b').stop(), "refused");
    refused(new Pickle().text("x").op('}', 'b').stop(), "refused");
    refused(new Pickle().op(0x82, 1).stop(), "refused"); // EXT1
  }

  @Test
  void hugeLengthsAreRefusedBeforeRoomIsMade() throws IOException {
    refused(new Pickle().op('X').i32(Integer.MAX_VALUE).stop(), "damaged");
    refused(new Pickle().op('X').i32(-1).stop(), "damaged");
    refused(new Pickle().op('B').i32(Integer.MAX_VALUE).stop(), "refused");
    refused(new Pickle().op(0x8b).i32(Integer.MAX_VALUE).stop(), "refused");
    refused(new Pickle().op(0x8d).i32(-1).i32(Integer.MAX_VALUE).stop(), "refused");
  }

  @Test
  void deepAndCircularStructuresDoNotOverflow() throws IOException {
    Pickle deep = new Pickle();
    for (int i = 0; i < 100_000; i++) {
      deep.op(']');
    }
    for (int i = 0; i < 99_999; i++) {
      deep.op('a');
    }
    refused(deep.stop(), "");
    Pickle asName = new Pickle();
    for (int i = 0; i < 100_000; i++) {
      asName.op(']');
    }
    for (int i = 0; i < 99_999; i++) {
      asName.op('a');
    }
    refused(asName.text("system").op(0x93).stop(), "");
    refused(new Pickle().op(']', 'q', 0, 'h', 0, 'a', 'h', 0, 0x93).stop(), "");
    refused(new Pickle().op('}', 'q', 0).text("x").op('h', 0, 's').stop(), "'x'");
  }

  @Test
  void tensorsMustFitTheirStorage() throws IOException {
    refused(rebuild("0", 1, 4, 1), "storage '0'");
    refused(rebuild("0", 0, 5, 1), "storage '0'");
    refused(rebuild("0", -1, 4, 1), "'x'");
    refused(rebuild("0", 0, -4, 1), "");
    refused(rebuild("0", 0, 2, 2), "not row-major");
    refused(rebuild("7", 0, 4, 1), "storage '7'");
  }

  private static byte[] rebuild(String key, int offset, int size, int stride) {
    Pickle pickle = new Pickle().op('}').text("x");
    pickle.global("torch._utils", "_rebuild_tensor_v2").op('(', '(').text("storage");
    pickle.global("torch", "FloatStorage").text(key).text("cpu");
    pickle.number(HandmadePth.ELEMENTS).op('t', 'Q');
    pickle.number(offset).number(size).op(0x85).number(stride).op(0x85, 0x89);
    pickle.global("collections", "OrderedDict").op(')', 'R', 't', 'R', 's');
    return pickle.stop();
  }

  @Test
  void whatIsNoStateDictIsSaid() throws IOException {
    refused(new Pickle().op(']').stop(), "state_dict");
    refused(new Pickle().op('}').text("epoch").number(3).op('s').stop(), "'epoch'");
    refused(new Pickle().op('}').stop(), "no tensors");
    refused(new Pickle().op('N').stop(), "state_dict");
  }

  @Test
  void compressedMembersAreRefused() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("archive/data.pkl"));
      zip.write(HandmadePth.stateDict("x"));
      zip.closeEntry();
    }
    refusedFile(bytes.toByteArray(), "archive/data.pkl", "compressed");
  }

  @ParameterizedTest
  @CsvSource({"/etc/passwd", "../up", "archive/../../up", "C:\\windows", "\\share"})
  void membersThatLeaveTheArchiveAreRefused(String name) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      HandmadePth.store(zip, "archive/data.pkl", HandmadePth.stateDict("x"));
      HandmadePth.store(zip, "archive/data/0", HandmadePth.storage(0));
      HandmadePth.store(zip, name, new byte[] {1});
    }
    refusedFile(bytes.toByteArray(), "leaves the archive");
  }

  @Test
  void archivesOfOtherThingsAreRefused() throws IOException {
    refusedFile(zipOf("hello.txt", new byte[] {1}), "data.pkl");
    refusedFile(zipOf("a/data.pkl", new byte[] {1}, "b/data.pkl", new byte[] {1}), "two pickles");
    refusedFile(
        zipOf(
            "a/data.pkl",
            HandmadePth.stateDict("x"),
            "a/byteorder",
            "big".getBytes(StandardCharsets.US_ASCII)),
        "byteorder");
    refusedFile(zipOf("a/data.pkl", HandmadePth.stateDict("x")), "storage '0'", "missing");
    refusedFile(
        zipOf("a/data.pkl", HandmadePth.stateDict("x"), "a/data/0", new byte[15]),
        "storage '0'",
        "15 bytes");
  }

  private static byte[] zipOf(Object... namesAndContents) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < namesAndContents.length; i += 2) {
        HandmadePth.store(zip, (String) namesAndContents[i], (byte[]) namesAndContents[i + 1]);
      }
    }
    return bytes.toByteArray();
  }

  private void refused(byte[] pickle, String mention) throws IOException {
    refusedFile(HandmadePth.zip(pickle, 1), mention);
  }

  private void refusedFile(byte[] bytes, String... mentions) throws IOException {
    Path file = write(bytes);
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> Checkpoint.open(file).close())
        .satisfies(e ->
            assertThat(e.getMessage())
                .startsWith(file.toString())
                .contains(mentions)
                .doesNotContain("\n"));
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("model.pth"), bytes);
  }
}

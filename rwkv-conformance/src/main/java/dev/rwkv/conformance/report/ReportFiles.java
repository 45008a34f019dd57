package dev.rwkv.conformance.report;

import dev.rwkv.error.InvalidArgumentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A report as files: JSON for programs, a page for people. */
public final class ReportFiles {
  /** The report. */
  public static final String JSON = "conformance-report.json";

  /** The page. */
  public static final String PAGE = "index.html";

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  private ReportFiles() {}

  /** How records become JSON, here and in the journal of a run. */
  public static JsonMapper mapper() {
    return MAPPER;
  }

  /**
   * Makes the folder of a report: before a run, which should not be in vain.
   *
   * @throws InvalidArgumentException if it cannot be made or written to
   */
  public static void prepare(Path folder) {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new InvalidArgumentException("report", folder + " is a file, not a folder");
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new InvalidArgumentException(
          "report", "the folder " + folder + " cannot be made: " + e);
    }
    if (!Files.isWritable(folder)) {
      throw new InvalidArgumentException("report", folder + " cannot be written to");
    }
  }

  /**
   * Writes both files.
   *
   * @param folder made if it is not there
   * @throws InvalidArgumentException if it cannot be written to
   */
  public static void write(ConformanceReport report, Path folder) {
    prepare(folder);
    try {
      Files.writeString(folder.resolve(JSON), MAPPER.writeValueAsString(report) + "\n");
      Files.writeString(folder.resolve(PAGE), ReportPage.html(report));
    } catch (IOException e) {
      throw new InvalidArgumentException("report", folder + " cannot be written to: " + e);
    }
  }

  /**
   * Reads a report.
   *
   * @param file the JSON file, or the folder that it is in
   * @throws InvalidArgumentException if it cannot be read or is none
   */
  public static ConformanceReport read(Path file) {
    Path json = Files.isDirectory(file) ? file.resolve(JSON) : file;
    try {
      return MAPPER.readValue(Files.readString(json), ConformanceReport.class);
    } catch (IOException e) {
      throw new InvalidArgumentException("report", unreadable(json, e));
    } catch (JacksonException e) {
      throw new InvalidArgumentException(
          "report", json + " is no " + JSON + " of this kit: " + e.getOriginalMessage());
    }
  }

  /**
   * Reads waivers: a JSON array of objects with {@code id}, {@code reason} and {@code expires}.
   *
   * @throws InvalidArgumentException if the file cannot be read or is something else
   */
  public static List<Waiver> readWaivers(Path file) {
    try {
      return List.of(MAPPER.readValue(Files.readString(file), Waiver[].class));
    } catch (IOException e) {
      throw new InvalidArgumentException("waivers", unreadable(file, e));
    } catch (JacksonException e) {
      throw new InvalidArgumentException(
          "waivers",
          file
              + " is no JSON array of {\"id\", \"reason\", \"expires\": \"2030-12-31\"}: "
              + e.getOriginalMessage());
    }
  }

  private static String unreadable(Path file, IOException e) {
    return file + (e instanceof NoSuchFileException ? " is not there" : " cannot be read: " + e);
  }
}

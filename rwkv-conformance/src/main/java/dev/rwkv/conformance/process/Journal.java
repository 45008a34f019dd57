package dev.rwkv.conformance.process;

import dev.rwkv.conformance.report.Backend;
import dev.rwkv.conformance.report.ReportFiles;
import dev.rwkv.conformance.report.RequirementResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;

/**
 * What a worker has done so far, one JSON object a line, written before and after each requirement:
 * it is whole up to the moment at which the worker ends, however it ends.
 */
final class Journal {
  private final Path file;
  private int linesRead;

  Journal(Path file) {
    this.file = file;
  }

  /**
   * One line.
   *
   * @param what happened
   * @param id the requirement, or empty
   * @param text a reason or a stack, or empty
   * @param backend the facts about the subject, with {@link What#READY}
   * @param result with {@link What#FINISHED}
   */
  record Entry(
      What what,
      String id,
      String text,
      @Nullable Backend backend,
      @Nullable RequirementResult result) {

    /** What can happen. */
    enum What {
      /** The backend was found. */
      READY,
      /** The backend cannot be used; the text says why. */
      UNUSABLE,
      STARTED,
      FINISHED,
      /** The requirement has taken too long; the text is the stack of its test. */
      STUCK,
      DONE
    }
  }

  void ready(Backend backend) {
    append(new Entry(Entry.What.READY, "", "", backend, null));
  }

  void unusable(String reason) {
    append(new Entry(Entry.What.UNUSABLE, "", reason, null, null));
  }

  void started(String id) {
    append(new Entry(Entry.What.STARTED, id, "", null, null));
  }

  void finished(RequirementResult result) {
    append(new Entry(Entry.What.FINISHED, result.id(), "", null, result));
  }

  void stuck(String id, String stack) {
    append(new Entry(Entry.What.STUCK, id, stack, null, null));
  }

  void done() {
    append(new Entry(Entry.What.DONE, "", "", null, null));
  }

  private synchronized void append(Entry entry) {
    String line =
        ReportFiles.mapper()
            .writer()
            .without(SerializationFeature.INDENT_OUTPUT)
            .writeValueAsString(entry);
    try {
      Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The lines that were written whole since the last call. */
  List<Entry> newEntries() throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    String text = Files.readString(file);
    List<String> lines = text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    List<Entry> entries = new ArrayList<>();
    for (String line : lines.subList(linesRead, lines.size())) {
      entries.add(ReportFiles.mapper().readValue(line, Entry.class));
    }
    linesRead = lines.size();
    return entries;
  }
}

package dev.rwkv.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.rwkv.conformance.report.ConformanceReport;
import dev.rwkv.conformance.report.ReportFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reports as files, which must be whole and keep their schema. */
public final class Reports {
  private Reports() {}

  /** Writes a report, checks both files, and reads it again. */
  public static ConformanceReport written(ConformanceReport report, Path folder) {
    ReportFiles.write(report, folder);
    requireSchema(folder.resolve(ReportFiles.JSON));
    ConformanceReport read = ReportFiles.read(folder);
    assertThat(read).isEqualTo(report);
    assertThat(folder.resolve(ReportFiles.PAGE)).content().contains(report.backend().name());
    return read;
  }

  private static void requireSchema(Path json) {
    try (InputStream schema =
        ReportFiles.class.getResourceAsStream("conformance-report.schema.json")) {
      Schema validator =
          SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(schema);
      assertThat(validator.validate(Files.readString(json), InputFormat.JSON)).isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

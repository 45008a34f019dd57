package dev.rwkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PlotLossCommandTest {
  private static final String HEADER = "step,learning_rate,gradient_norm,loss,validation_loss\n";

  @TempDir Path folder;

  private Path training(String name, String lines) throws IOException {
    Path run = Files.createDirectory(folder.resolve(name));
    Files.writeString(run.resolve("loss.csv"), HEADER + lines);
    return run;
  }

  @Test
  void trainingsAreDrawnAndListedSideBySide() throws IOException {
    Path one = training("one", "1,0.1,2,3.5,\n2,0.1,2,3.25,3.75\n");
    Path other = training("other", "1,0.1,2,4.5,\n");
    Path figure = folder.resolve("both.svg");
    String out = Run.of("plot", "loss", one, other, "-o", figure).succeeds().out();
    assertThat(out)
        .containsPattern("one +2 +3.2500 +3.7500")
        .containsPattern("other +1 +4.5000 +-");
    assertThat(Files.readString(figure)).contains("<svg").doesNotContain("NaN");
  }

  @Test
  void jsonHasEveryStep() throws IOException {
    Path one = training("one", "1,0.1,2,3.5,\n2,0.1,2,3.25,3.75\n");
    JsonNode training =
        JsonMapper.shared()
            .readTree(Run.of("plot", "loss", one, "--json").succeeds().out())
            .path("trainings")
            .get(0);
    assertThat(training.path("name").stringValue()).isEqualTo("one");
    assertThat(training.path("trainingLoss").path("steps").toString()).isEqualTo("[1,2]");
    assertThat(training.path("trainingLoss").path("natsPerToken").toString())
        .isEqualTo("[3.5,3.25]");
    assertThat(training.path("validationLoss").path("steps").toString()).isEqualTo("[2]");
  }

  @Test
  void whatIsNoTrainingIsRefusedByName() throws IOException {
    Run.of("plot", "loss", folder, "--json").fails("loss.csv");
    Path damaged = training("damaged", "1,0.1,2,three,\n");
    Run.of("plot", "loss", damaged, "--json").fails("damaged");
    Run.of("plot", "loss").isWrongUsage();
  }
}

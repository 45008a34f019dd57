package dev.rwkv.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a training as {@code kill -9} does, again and again, and compares with one left alone. */
class KilledTrainingTest {
  private static final int KILLS = 20;
  private static final long STEPS = 2500;
  private static final long SEED = 20261121;

  // A checkpoint after every other step: most of the time one is being written.
  private static final String CONFIG =
      TrainerTest.MODEL
          + """
          [training]
          seed = 5
          steps = 2500
          context = 8
          batch = 2
          learning_rate = 0.01
          dropout = 0.1
          ema = 0.99
          [output]
          checkpoint_every = 2
          validate_every = 11
          sample_every = 0
          """;

  @TempDir Path folder;

  @Test
  void aRunKilledAtAnyMomentEndsWithTheSameBits() throws Exception {
    Files.writeString(folder.resolve("corpus.txt"), "abcabdabe, acb. ".repeat(30));
    Path alone = Files.writeString(folder.resolve("alone.toml"), CONFIG);
    Path killed = Files.writeString(folder.resolve("killed.toml"), CONFIG);
    assertThat(start(alone).waitFor()).isZero();

    Random random = new Random(SEED);
    List<Long> begun = new ArrayList<>();
    for (int kill = 0; kill < KILLS; kill++) {
      Process process = start(killed);
      try (BufferedReader out = process.inputReader()) {
        begun.add(Long.valueOf(out.readLine()));
        // Some progress first, however slow the machine is; then any moment.
        for (int saved = random.nextInt(20); saved >= 0 && out.readLine() != null; saved--) {}
        process.waitFor(random.nextInt(30), TimeUnit.MILLISECONDS);
        process.destroyForcibly().waitFor();
      }
    }
    assertThat(start(killed).waitFor()).isZero();

    assertThat(begun).isSorted();
    assertThat(begun.stream().distinct().count())
        .as("different steps gone on from")
        .isGreaterThan(5);
    assertThat(begun.getLast()).as("not at the end yet").isLessThan(STEPS);
    for (String file : new String[] {"model.safetensors", "best.safetensors"}) {
      assertThat(folder.resolve("killed").resolve(file))
          .as(file)
          .hasSameBinaryContentAs(folder.resolve("alone").resolve(file));
    }
  }

  private Process start(Path config) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--add-modules",
            "jdk.incubator.vector",
            "-cp",
            System.getProperty("java.class.path"),
            TrainingProcess.class.getName(),
            config.toString())
        .redirectError(folder.resolve("errors.txt").toFile())
        .start();
  }
}

package dev.rwkv.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * The shared checkpoints, goldens, tokenizers and texts, which are no part of the repository.
 *
 * <p>They lie where the environment variable {@code RWKV_SHARED} says, or in {@code ../shared}
 * beside the repository. A user has neither: his tests are then skipped and say so. With {@code
 * CI=true} their absence is a failure, so that a green run always means that they ran.
 */
public final class SharedData {
  // Build logs do not show why a test was skipped: it is said once in each run.
  private static final AtomicBoolean said = new AtomicBoolean();

  private SharedData() {}

  /** A file below the shared folder, for example {@code path("models/mini-v4-a-fp32.pth")}. */
  public static Path path(String relative) {
    Path file = root().resolve(relative);
    Assertions.assertTrue(Files.exists(file), () -> "missing in the shared data: " + file);
    return file;
  }

  private static Path root() {
    String configured = System.getenv("RWKV_SHARED");
    Path root =
        configured != null
            ? Path.of(configured)
            : Path.of(System.getProperty("rwkv.root", "..")).resolve("../shared").normalize();
    if (!Files.isDirectory(root)) {
      String message = "the shared test data is not in " + root + ": set RWKV_SHARED to its folder";
      if ("true".equals(System.getenv("CI"))) {
        Assertions.fail(message);
      }
      if (!said.getAndSet(true)) {
        System.err.println("SKIPPED: " + message + "; tests that need it are skipped");
      }
      Assumptions.abort(message);
    }
    return root;
  }
}

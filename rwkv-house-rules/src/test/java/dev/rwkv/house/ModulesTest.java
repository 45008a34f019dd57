package dev.rwkv.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Class path and module path see the same house. */
class ModulesTest {

  @Test
  void servicesAreDeclaredOnBothPaths() throws IOException {
    int providers = 0;
    for (Path classes : classFolders()) {
      Set<String> onModulePath = new TreeSet<>();
      ModuleDescriptor descriptor = descriptor(classes);
      for (ModuleDescriptor.Provides provides : descriptor.provides()) {
        for (String provider : provides.providers()) {
          onModulePath.add(provides.service() + " " + provider);
        }
      }
      assertThat(onModulePath)
          .as("META-INF/services of %s against its module-info", descriptor.name())
          .isEqualTo(servicesOnClassPath(classes));
      providers += onModulePath.size();
    }
    assertThat(providers).isPositive();
  }

  @Test
  void everythingResolvesOnTheModulePath() {
    Path[] entries =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .filter(Files::exists)
            .filter(entry -> !entry.endsWith("test-classes"))
            .toArray(Path[]::new);
    Configuration resolved =
        Configuration.resolve(
            ModuleFinder.of(entries),
            List.of(ModuleLayer.boot().configuration()),
            ModuleFinder.of(),
            List.of("dev.rwkv.cli", "dev.rwkv.conformance", "dev.rwkv.reference", "dev.rwkv.text"));
    assertThat(resolved.findModule("dev.rwkv.checkpoint")).isPresent();
  }

  @Test
  void everyPackageSaysWhatItIs() throws IOException {
    for (Path file : SourceTree.javaFiles("src/main/java")) {
      Path packageInfo = file.resolveSibling("package-info.java");
      if (!file.endsWith("module-info.java")) {
        assertThat(packageInfo).exists();
        assertThat(SourceTree.read(packageInfo)).contains("/**").contains("@NullMarked");
      }
    }
  }

  private static List<Path> classFolders() {
    List<Path> folders =
        SourceTree.modules().stream()
            .map(module -> module.resolve("target/classes"))
            .filter(classes -> Files.exists(classes.resolve("module-info.class")))
            .toList();
    assertThat(folders).hasSizeGreaterThanOrEqualTo(5);
    return folders;
  }

  private static ModuleDescriptor descriptor(Path classes) throws IOException {
    try (InputStream in = Files.newInputStream(classes.resolve("module-info.class"))) {
      return ModuleDescriptor.read(in);
    }
  }

  private static Set<String> servicesOnClassPath(Path classes) throws IOException {
    Set<String> found = new TreeSet<>();
    Path services = classes.resolve("META-INF/services");
    if (Files.isDirectory(services)) {
      try (Stream<Path> files = Files.list(services)) {
        for (Path file : files.toList()) {
          SourceTree.read(file)
              .lines()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .forEach(line -> found.add(file.getFileName() + " " + line.strip()));
        }
      }
    }
    return found;
  }
}

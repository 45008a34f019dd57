package dev.rwkv.house;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** Who may know whom; docs/map.md draws it. */
class DirectionOfKnowledgeTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.rwkv");

  @Test
  void everyModuleIsLookedAt() {
    Assertions.assertThat(CLASSES.containPackage("dev.rwkv.cli")).isTrue();
    Assertions.assertThat(CLASSES.containPackage("dev.rwkv.text")).isTrue();
    Assertions.assertThat(CLASSES.containPackage("dev.rwkv.reference")).isTrue();
    Assertions.assertThat(CLASSES.containPackage("dev.rwkv.vector")).isTrue();
    Assertions.assertThat(CLASSES.containPackage("dev.rwkv.conformance")).isTrue();
    Assertions.assertThat(CLASSES.containPackage("dev.rwkv.train")).isTrue();
    Assertions.assertThat(CLASSES.containPackage("dev.rwkv.checkpoint")).isTrue();
    Assertions.assertThat(CLASSES.containPackage("dev.rwkv.spi")).isTrue();
  }

  @Test
  void knowledgeRunsTowardsTheApi() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("dev.rwkv..")
        .layer("api")
        .definedBy("dev.rwkv", "dev.rwkv.spi..", "dev.rwkv.tensor..", "dev.rwkv.error..")
        .layer("checkpoint")
        .definedBy("dev.rwkv.checkpoint..")
        .layer("text")
        .definedBy("dev.rwkv.text..")
        .layer("reference")
        .definedBy("dev.rwkv.reference..")
        .layer("vector")
        .definedBy("dev.rwkv.vector..")
        .layer("conformance")
        .definedBy("dev.rwkv.conformance..")
        .layer("train")
        .definedBy("dev.rwkv.train..")
        .layer("cli")
        .definedBy("dev.rwkv.cli..")
        .whereLayer("api")
        .mayNotAccessAnyLayer()
        .whereLayer("checkpoint")
        .mayOnlyAccessLayers("api")
        .whereLayer("text")
        .mayOnlyAccessLayers("api")
        .whereLayer("reference")
        .mayOnlyAccessLayers("api", "checkpoint")
        .whereLayer("vector")
        .mayOnlyAccessLayers("api", "checkpoint")
        .whereLayer("conformance")
        .mayOnlyAccessLayers("api", "checkpoint", "reference")
        .whereLayer("train")
        .mayOnlyAccessLayers("api", "checkpoint", "text", "vector")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .check(CLASSES);
  }

  @Test
  void theApiDependsOnNothing() {
    ArchRuleDefinition.classes()
        .that()
        .resideInAnyPackage("dev.rwkv", "dev.rwkv.spi..", "dev.rwkv.tensor..", "dev.rwkv.error..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("dev.rwkv..", "java..", "org.jspecify..")
        .check(CLASSES);
  }

  @Test
  void onlyTheVectorBackendKnowsTheVectorApi() {
    ArchRuleDefinition.noClasses()
        .that()
        .resideOutsideOfPackage("dev.rwkv.vector..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.incubator.vector..")
        .check(CLASSES);
  }

  @Test
  void formatsDoNotKnowEachOther() {
    // A Hugging Face folder is made of files of the other formats: it alone may know them.
    slices()
        .matching("dev.rwkv.checkpoint.format.(*)")
        .namingSlices("format $1")
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }

  @Test
  void theKitSeesBackendsAsTheirUsersDo() {
    // What is tested may live on a device or in a foreign runtime. The reference backend is known
    // by
    // its provider alone, to exchange states with.
    ArchRuleDefinition.noClasses()
        .that()
        .resideInAPackage("dev.rwkv.conformance..")
        .should()
        .dependOnClassesThat()
        .haveNameMatching("dev[.]rwkv[.](spi[.]Abstract.*|reference[.]Reference(?!Provider).*)")
        .check(CLASSES);
  }

  @Test
  void librariesDoNotPrint() {
    ArchRuleDefinition.noClasses()
        .that()
        .resideOutsideOfPackage("dev.rwkv.cli..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(CLASSES);
  }
}

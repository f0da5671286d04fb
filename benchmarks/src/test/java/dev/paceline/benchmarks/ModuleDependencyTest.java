package dev.paceline.benchmarks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/** The dependency table of the architecture: who may use whom, and what the core must not touch. */
@AnalyzeClasses(
    packages = "dev.paceline",
    importOptions = {ImportOption.DoNotIncludeTests.class, ModuleDependencyTest.NoTestJars.class})
class ModuleDependencyTest {
  /** Leaves out what other modules lend to tests, which is not the product. */
  static final class NoTestJars implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar");
    }
  }

  private static final String COMMON = "dev.paceline.common..";
  private static final String WIRE = "dev.paceline.v1..";
  private static final String MODELS = "dev.paceline.models..";
  private static final String DRAFT = "dev.paceline.draft..";
  private static final String TARGET = "dev.paceline.target..";
  private static final String SCHEDULER = "dev.paceline.scheduler..";
  private static final String BENCHMARKS = "dev.paceline.benchmarks..";

  @ArchTest
  static void sawEveryModule(JavaClasses classes) {
    for (String module : new String[] {COMMON, MODELS, DRAFT, TARGET, BENCHMARKS}) {
      String name = module.replace("..", "");
      assertThat(classes.stream().anyMatch(c -> c.getPackageName().startsWith(name)))
          .as("classes of %s", name)
          .isTrue();
    }
  }

  @ArchTest
  static final ArchRule COMMON_STANDS_ALONE =
      noClasses()
          .that()
          .resideInAnyPackage(COMMON, WIRE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(MODELS, DRAFT, TARGET, SCHEDULER, BENCHMARKS, "ai.djl..");

  @ArchTest
  static final ArchRule CORE_READS_NO_CLOCK_SOCKET_OR_RANDOM_SOURCE =
      noClasses()
          .that()
          .resideInAPackage(COMMON)
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net..", "java.nio.channels..", "java.security..")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.Random")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom");

  @ArchTest
  static final ArchRule SPECULATION_CORE_KNOWS_NO_WIRE_FORMAT =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.paceline.common.speculation..",
              "dev.paceline.common.sampling..",
              "dev.paceline.common.verification..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.google.protobuf..", "io.grpc..", WIRE);

  @ArchTest
  static final ArchRule MODELS_KNOW_NO_RPC =
      noClasses()
          .that()
          .resideInAPackage(MODELS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.grpc..", "io.netty..", WIRE, DRAFT, TARGET, SCHEDULER, BENCHMARKS);

  @ArchTest
  static final ArchRule DRAFT_CLIENT =
      noClasses()
          .that()
          .resideInAPackage(DRAFT)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(TARGET, SCHEDULER, BENCHMARKS);

  /** What Android shares: no network library, no terminal, no JSON, no server. */
  @ArchTest
  static final ArchRule DRAFT_CORE =
      classes()
          .that()
          .resideInAPackage("dev.paceline.draft.core..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.paceline.draft.core..",
              "dev.paceline.models.lm..",
              COMMON,
              "java.lang..",
              "java.util..",
              "org.jspecify..");

  @ArchTest
  static final ArchRule TARGET_SERVER =
      noClasses()
          .that()
          .resideInAPackage(TARGET)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(DRAFT, SCHEDULER, BENCHMARKS);

  @ArchTest
  static final ArchRule SCHEDULER_MODULE =
      noClasses()
          .that()
          .resideInAPackage(SCHEDULER)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(DRAFT, TARGET, BENCHMARKS)
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule NO_PACKAGE_CYCLES =
      SlicesRuleDefinition.slices().matching("dev.paceline.(*).(*)..").should().beFreeOfCycles();
}

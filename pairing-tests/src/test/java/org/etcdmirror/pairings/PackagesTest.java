package org.etcdmirror.pairings;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The allowed dependencies between packages. */
class PackagesTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.etcdmirror");

  /** The modules of the reactor, all below one directory. */
  private static final Path ROOT = Path.of("..");

  @ParameterizedTest
  @ValueSource(strings = {"core", "v2", "v3", "file"})
  void innerPackagesFormNoCycle(String module) {
    slices()
        .matching("org.etcdmirror." + module + ".internal.(*)..")
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "v2", "v3", "file", "kafka"})
  void noOtherModuleUsesInnerPackages(String module) throws IOException {
    assertUsedBy(module, List.of(module));
  }

  /** A plug-in that needed it would need what no contract promises. */
  @Test
  void onlyOwnPublishedModulesUseInnerPackageOfApi() throws IOException {
    assertUsedBy("api", List.of("api", "core", "service", "v2", "v3"));
  }

  /** Who does not use the sink of Kafka does not get its libraries. */
  @Test
  void noOtherModuleDependsOnKafka() throws IOException {
    Pattern kafka = Pattern.compile("org\\.apache\\.kafka|etcd-mirror-kafka</artifactId>");
    Path own = ROOT.resolve("etcd-mirror-kafka");
    Path connectors = ROOT.resolve("etcd-mirror-kafka-connect");
    // These name a version for those who want it.
    List<Path> management =
        List.of(ROOT.resolve("pom.xml"), ROOT.resolve("etcd-mirror-bom/pom.xml"));
    // Published nowhere: they try the built plug-in, measure the sink and its tests, and show it.
    List<Path> trials =
        Stream.of("packaging", "benchmarks", "coverage", "examples/kafka")
            .map(ROOT::resolve)
            .toList();
    try (Stream<Path> files = Files.walk(ROOT)) {
      List<Path> all =
          files
              .filter(file -> file.toString().contains("/src/") || file.endsWith("pom.xml"))
              .filter(file -> file.toString().matches(".*(\\.java|pom\\.xml)"))
              .filter(file -> !file.toString().contains("/target/"))
              .toList();
      assertThat(all)
          .filteredOn(file -> file.startsWith(own))
          .anySatisfy(file -> assertThat(file).content().containsPattern(kafka));
      assertThat(all)
          .filteredOn(file -> !file.startsWith(own) && !file.startsWith(connectors))
          .filteredOn(file -> !management.contains(file))
          .filteredOn(file -> trials.stream().noneMatch(file::startsWith))
          .filteredOn(file -> !file.endsWith("PackagesTest.java"))
          .allSatisfy(file -> assertThat(file).content().doesNotContainPattern(kafka));
    }
  }

  /** Reads the sources, because this module does not depend on the service and the examples. */
  private static void assertUsedBy(String module, List<String> users) throws IOException {
    Pattern internal = Pattern.compile("org\\.etcdmirror\\." + module + "\\.internal\\b");
    Path own = ROOT.resolve("etcd-mirror-" + module);
    List<Path> allowed = users.stream().map(user -> ROOT.resolve("etcd-mirror-" + user)).toList();
    try (Stream<Path> files = Files.walk(ROOT)) {
      List<Path> sources =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> file.toString().contains("/src/"))
              // Some of them measure inner classes.
              .filter(file -> !file.startsWith(ROOT.resolve("benchmarks")))
              .toList();
      assertThat(sources).as("sources of %s", own).anyMatch(file -> file.startsWith(own));
      assertThat(sources)
          .filteredOn(file -> allowed.stream().noneMatch(file::startsWith))
          .allSatisfy(file -> assertThat(file).content().doesNotContainPattern(internal));
    }
  }

  @Test
  void coreUsesNoEtcdModule() {
    noClasses()
        .that()
        .resideInAPackage("org.etcdmirror.core..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.etcdmirror.v2..", "org.etcdmirror.v3..", "org.etcdmirror.file..")
        .check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v3", "file"})
  void modulesOfSourcesAndSinksUseNoCore(String module) {
    noClasses()
        .that()
        .resideInAPackage("org.etcdmirror." + module + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.etcdmirror.core..")
        .check(CLASSES);
  }

  @Test
  void apiUsesNoOtherModule() {
    noClasses()
        .that()
        .resideInAPackage("org.etcdmirror.api..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.etcdmirror.core..",
            "org.etcdmirror.v2..",
            "org.etcdmirror.v3..",
            "org.etcdmirror.file..",
            "org.etcdmirror.testkit..")
        .check(CLASSES);
  }
}

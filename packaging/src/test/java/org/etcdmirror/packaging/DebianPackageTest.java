package org.etcdmirror.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Debian package, installed by dpkg into a directory. */
@Timeout(600)
@EtcdTest(v2 = false)
class DebianPackageTest {

  private static final Path PACKAGE = Path.of(System.getProperty("packaging.deb"));
  private static final String EXAMPLE = "etc/etcd-mirror/example.yaml.disabled";
  private static final String CACHE = "var/cache/etcd-mirror";

  private final Path directory;
  private final DebianRoot system;

  DebianPackageTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    system = DebianRoot.in(directory);
  }

  @BeforeEach
  void install() {
    system.install(PACKAGE);
  }

  @Test
  void nameOfTheOldProgramIsAnotherNameOfTheLauncher() throws IOException {
    assertThat(system.path("usr/bin/etcdmirror").toRealPath())
        .isEqualTo(system.path("usr/bin/etcd-mirror").toRealPath());
  }

  @Test
  void alertsAndDashboardAreThere() {
    Path ops = Path.of("..", "ops");
    for (String file :
        List.of(
            "prometheus/etcd-mirror.yaml",
            "prometheus/etcdmirror.yaml",
            "grafana/etcd-mirror.json")) {
      assertThat(system.path("usr/share/etcd-mirror/ops/" + file))
          .hasSameTextualContentAs(ops.resolve(file));
    }
  }

  @Test
  void unitMirrorsTellsSystemdAndEndsWithExitCodeZero(EtcdServer source, EtcdServer sink)
      throws Exception {
    Files.writeString(
        system.path("etc/etcd-mirror/conf.yaml"),
        "source: v3:%s%nsink: v3:%s%nprefix: /conf/%nhttp: 127.0.0.1:0%n"
            .formatted(source.clientUrl(), sink.clientUrl()));
    Unit unit = Unit.read(system.path("usr/lib/systemd/system/etcd-mirror@.service"), "conf");
    assertThat(unit.value("Type")).isEqualTo("notify");
    new V3Http(source.clientUrl()).put("/conf/a", "1");

    try (RunningUnit service = RunningUnit.start(unit, system.path(""), directory)) {
      service.awaitReport("STATUS=FOLLOWING");
      assertThat(service.reports().get(0)).startsWith("READY=1 STATUS=");
      assertThat(service.log()).contains("status on http://127.0.0.1:");
      new V3Http(source.clientUrl()).put("/conf/b", "2");
      await()
          .atMost(PATIENCE)
          .until(() -> new V3Http(sink.clientUrl()).values("/conf/").size() == 2);

      assertThat(service.stop()).as("exit code, after: %s", service.log()).isZero();

      assertThat(service.reports().get(service.reports().size() - 1)).contains("STOPPING=1");
    }
  }

  @Test
  void stopWhileItStartsIsNoFailure() throws Exception {
    Unit unit = Unit.read(system.path("usr/lib/systemd/system/etcd-mirror@.service"), "conf");

    try (RunningUnit service = RunningUnit.start(unit, system.path(""), directory)) {
      assertThat(service.stop()).isIn(0, Integer.valueOf(unit.value("SuccessExitStatus")));
    }
  }

  @Test
  void onlyRootAndTheServiceMayReadTheConfiguration() throws IOException {
    assertThat(Files.readString(system.path("etc/passwd")))
        .containsPattern("(?m)^etcd-mirror:.*:/usr/sbin/nologin$");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(system.path(EXAMPLE))))
        .isEqualTo("rw-r-----");
    assertThatTheServiceMayReadTheConfiguration(system);
  }

  @Test
  void serviceMayReadTheConfigurationAlsoWhereThePackageReplacesThatOfTheOldProgram()
      throws IOException {
    DebianRoot other = DebianRoot.in(Files.createDirectory(directory.resolve("other")));
    other.install(OldProgramsPackage.in(directory));

    other.install(PACKAGE);

    assertThatTheServiceMayReadTheConfiguration(other);
  }

  private static void assertThatTheServiceMayReadTheConfiguration(DebianRoot system)
      throws IOException {
    Path configuration = system.path("etc/etcd-mirror");
    assertThat((int) Files.getAttribute(configuration, "unix:mode") & 07777).isEqualTo(02750);
    if (system.isRoot()) {
      assertThat(Files.readString(system.path("etc/group")))
          .contains("etcd-mirror:!:" + Files.getAttribute(configuration, "unix:gid") + ":");
    }
  }

  @Test
  void archiveIsMadeAtInstallationAndForANewJava() throws IOException {
    assertThat(archives()).hasSize(1);
    Files.writeString(system.java().home().resolve("release"), "JAVA_VERSION=\"21.0.4\"\n");

    system.trigger("/usr/lib/jvm");

    assertThat(archives()).singleElement().asString().contains("java-21.0.4-");
  }

  @Test
  void upgradeKeepsAChangedConfigurationAndDropsTheOldArchive() throws IOException {
    Files.writeString(system.path(EXAMPLE), "changed");
    Path own = Files.writeString(system.path("etc/etcd-mirror/own.yaml"), "prefix: /own/");
    Path old = Files.createFile(system.path(CACHE).resolve("java-16.0.1-1"));
    String before = system.version();

    system.install(NewerPackage.of(PACKAGE, directory));

    assertThat(system.version()).isEqualTo(before + "+newer").startsWith("ii ");
    assertThat(system.path(EXAMPLE)).hasContent("changed");
    assertThat(own).hasContent("prefix: /own/");
    assertThat(old).doesNotExist();
    assertThat(Files.readAllLines(system.path("etc/passwd"))).hasSize(1);
  }

  @Test
  void removalKeepsTheConfigurationAndPurgeLeavesNothing() throws IOException {
    Path own = Files.writeString(system.path("etc/etcd-mirror/own.yaml"), "prefix: /own/");

    system.remove();

    assertThat(paths()).containsOnly("etc/etcd-mirror", EXAMPLE, "etc/etcd-mirror/own.yaml");
    assertThat(own).hasContent("prefix: /own/");
    for (String madeByTheUnit : List.of("var/lib/etcd-mirror", "var/log/etcd-mirror")) {
      Files.createFile(Files.createDirectories(system.path(madeByTheUnit)).resolve("file"));
    }

    system.purge();

    assertThat(paths()).isEmpty();
  }

  private List<Path> archives() throws IOException {
    try (Stream<Path> files = Files.list(system.path(CACHE))) {
      return files.toList();
    }
  }

  /** What there is of the package, besides the records of dpkg. */
  private List<String> paths() throws IOException {
    Path root = system.path("");
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(file -> root.relativize(file).toString())
          .filter(name -> name.contains("etcd-mirror") && !name.startsWith("var/lib/dpkg"))
          .toList();
    }
  }
}

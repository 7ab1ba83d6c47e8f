package org.etcdmirror.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher of the tarball, in a directory with a space. */
@Timeout(600)
class LauncherTest {

  private static Tarball tarball;

  private final Path directory;

  LauncherTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeAll
  static void unpack(@TempDir Path shared) throws IOException {
    tarball = Tarball.unpackedIn(shared.resolve("a directory"));
  }

  @Test
  void launcherStartsTheService() {
    Command.Result version = Command.of(tarball.launcher(), "--version").run().requireSuccess();

    assertThat(version.out()).startsWith("etcd-mirror ").doesNotContain("not from a jar");
    assertThat(version.err()).isEmpty();
  }

  @Test
  void serviceIsStartedThroughARelativeLinkInThePath() throws IOException {
    FakeJava java = FakeJava.in(directory.resolve("java"), "17.0.9");
    Path link = directory.resolve("bin/etcd-mirror");
    Files.createDirectory(link.getParent());
    Files.createSymbolicLink(link, link.getParent().relativize(tarball.launcher()));

    Command.of("sh", "-c", "etcd-mirror --help")
        .with("PATH", link.getParent() + ":" + System.getenv("PATH"))
        .with("JAVA_HOME", java.home())
        .run()
        .requireSuccess();

    assertThat(java.arguments()).containsSequence("-jar", tarball.jar().toString(), "--help");
  }

  @Test
  void nameOfTheOldProgramStartsTheCommandThatReplacesIt() throws IOException {
    FakeJava java = FakeJava.in(directory.resolve("java"), "17.0.9");
    Path link = directory.resolve("etcdmirror");
    Files.createSymbolicLink(link, tarball.launcher());

    Command.of(link, "--strip", "make-archive", "http://c:2379")
        .with("JAVA_HOME", java.home())
        .run()
        .requireSuccess();

    assertThat(java.arguments()).endsWith("etcdmirror", "--strip", "make-archive", "http://c:2379");
  }

  @Test
  void argumentsReachTheServiceAsTheyAre() throws IOException {
    FakeJava java = FakeJava.in(directory, "17.0.9");

    start(java, "run", "--prefix", "/with space", "--exclude", "/a/*").requireSuccess();

    assertThat(java.arguments())
        .endsWith("run", "--prefix", "/with space", "--exclude", "/a/*")
        .contains(
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError");
  }

  @Test
  void optionsOfTheVariableWinAndTheServiceDoesNotSeeIt() throws IOException {
    FakeJava java = FakeJava.in(directory, "17.0.9");

    command(java, "run")
        .with("ETCD_MIRROR_JAVA_OPTIONS", "-Xmx1g -XX:+UseG1GC")
        .run()
        .requireSuccess();

    assertThat(java.arguments())
        .containsSubsequence("-Xmx256m", "-Xmx1g", "-XX:+UseG1GC", "-jar")
        .doesNotContain("-XX:+UseSerialGC");
    assertThat(java.variable()).isEqualTo("unset");
  }

  @Test
  void missingJavaIsAnErrorThatSaysWhatToInstall() throws IOException {
    Path bin = Files.createDirectory(directory.resolve("bin"));
    for (String program : new String[] {"dirname", "readlink"}) {
      Path found = Path.of(Command.of("sh", "-c", "command -v " + program).run().out().strip());
      Files.createSymbolicLink(bin.resolve(program), found);
    }

    Command.Result result =
        Command.of("/bin/sh", tarball.launcher(), "run")
            .with("PATH", bin)
            .without("JAVA_HOME")
            .run();

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err())
        .startsWith("etcd-mirror: there is no java in PATH; install Java 17 or newer")
        .hasLineCount(1);
  }

  @Test
  void wrongJavaHomeIsNamed() {
    Command.Result result =
        Command.of(tarball.launcher(), "run").with("JAVA_HOME", directory).run();

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err())
        .startsWith("etcd-mirror: JAVA_HOME=" + directory + " has no bin/java;")
        .hasLineCount(1);
  }

  @Test
  void olderJavaIsRefusedBeforeItStarts() throws IOException {
    FakeJava java = FakeJava.in(directory, "1.8.0_392");

    Command.Result result = start(java, "run");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err())
        .startsWith("etcd-mirror: Java 17 or newer is needed: ")
        .contains("is version 1.8.0_392")
        .hasLineCount(1);
    assertThat(java.wasStarted()).isFalse();
  }

  @Test
  void javaThatDoesNotSayItsVersionIsStarted() throws IOException {
    FakeJava java = FakeJava.in(directory, null);

    assertThat(start(java, "run").requireSuccess().err()).isEmpty();

    assertThat(java.arguments()).endsWith("run");
  }

  private static Command command(FakeJava java, String... arguments) {
    return Command.of(Stream.concat(Stream.of(tarball.launcher()), Stream.of(arguments)).toList())
        .with("JAVA_HOME", java.home());
  }

  private static Command.Result start(FakeJava java, String... arguments) {
    return command(java, arguments).run();
  }
}

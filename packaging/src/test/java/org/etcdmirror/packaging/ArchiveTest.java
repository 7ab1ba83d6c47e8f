package org.etcdmirror.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The archive of loaded classes, which the launcher makes with the Java that runs the tests. */
@Timeout(600)
class ArchiveTest {

  private static final String FROM_ARCHIVE = "source: shared objects file";

  private static Tarball tarball;
  private static Path archive;
  private static byte[] content;

  private final Path log;

  ArchiveTest(@TempDir Path directory) {
    log = directory.resolve("classes.log");
  }

  @BeforeAll
  static void make(@TempDir Path shared) throws IOException {
    tarball = Tarball.unpackedIn(shared.resolve("directory"));
    Path directory = tarball.home().resolve("archive");
    Files.createDirectory(directory);
    Files.createFile(directory.resolve("java-of-yesterday"));

    Command.of(tarball.launcher(), "make-archive").run().requireSuccess();

    try (Stream<Path> files = Files.list(directory)) {
      List<Path> made = files.toList();
      assertThat(made).hasSize(1);
      archive = made.get(0);
    }
    content = Files.readAllBytes(archive);
  }

  @BeforeEach
  void restore() throws IOException {
    Files.delete(archive);
    Files.write(archive, content);
  }

  @Test
  void classesComeFromTheArchive() throws IOException {
    Command.Result version = version();

    assertThat(version.err()).isEmpty();
    assertThat(loaded("org.etcdmirror.service.Main")).contains(FROM_ARCHIVE);
  }

  @Test
  void archiveOfAnotherJarIsLeftOutSilently() throws IOException {
    FileTime time = Files.getLastModifiedTime(tarball.jar());
    Files.setLastModifiedTime(tarball.jar(), FileTime.fromMillis(time.toMillis() + 60_000));
    try {
      Command.Result version = version();

      assertThat(version.out()).hasLineCount(1);
      assertThat(version.err()).isEmpty();
      assertThat(loaded("org.etcdmirror.service.Main")).doesNotContain(FROM_ARCHIVE);
    } finally {
      Files.setLastModifiedTime(tarball.jar(), time);
    }
  }

  @Test
  void fileThatIsNoArchiveIsLeftOutSilently() throws IOException {
    Files.delete(archive);
    Files.writeString(archive, "no archive");

    Command.Result version = version();

    assertThat(version.out()).hasLineCount(1);
    assertThat(version.err()).isEmpty();
    assertThat(loaded("org.etcdmirror.service.Main")).doesNotContain(FROM_ARCHIVE);
  }

  private Command.Result version() {
    return Command.of(tarball.launcher(), "--version")
        .with("ETCD_MIRROR_JAVA_OPTIONS", "-Xlog:class+load:file=" + log)
        .run()
        .requireSuccess();
  }

  /** The line of the log that says where the class was loaded from. */
  private String loaded(String name) throws IOException {
    return Files.readAllLines(log).stream()
        .filter(line -> line.contains(" " + name + " "))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " was not loaded"));
  }
}

package org.etcdmirror.service.recorder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.service.log.ServiceLogEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dumps of one link in a directory. Of each cause the newest ten are kept, so that no number of
 * requests removes the dump of a failure. Only their owner may read them.
 */
public final class DumpFiles {

  private static final Logger log = LoggerFactory.getLogger(DumpFiles.class);
  private static final int KEPT = 10;
  private static final String TIME = "\\d{8}T\\d{6}\\.\\d{3}Z";
  private static final DateTimeFormatter NAMED =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final Path directory;
  private final String name;

  /**
   * The dumps of a link; nothing is written yet.
   *
   * @param link its name; in the names of the files, {@code _} stands for other characters than
   *     letters, digits, dots and hyphens
   */
  public DumpFiles(Path directory, String link) {
    this.directory = directory;
    this.name = link.replaceAll("[^A-Za-z0-9.-]", "_");
  }

  /** Writes a dump, and removes the oldest ones. Returns its path. */
  synchronized Path write(MirrorStatus status, DumpCause cause, List<String> events)
      throws IOException {
    Path file =
        directory.resolve(
            "%s-%s-%s.dump".formatted(name, NAMED.format(Instant.now()), cause.word()));
    // A temporary file is for its owner alone.
    Path half = Files.createTempFile(directory, ".etcd-mirror", ".tmp");
    try {
      Files.write(half, Dump.lines(status, cause, events));
      Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(half);
    }
    removeOldest(cause);
    return file;
  }

  private void removeOldest(DumpCause cause) {
    Pattern ours =
        Pattern.compile(Pattern.quote(name) + "-" + TIME + "-" + cause.word() + "\\.dump");
    try (Stream<Path> all = Files.list(directory)) {
      List<Path> dumps =
          all.filter(file -> ours.matcher(String.valueOf(file.getFileName())).matches())
              .sorted()
              .toList();
      for (Path old : dumps.subList(0, Math.max(0, dumps.size() - KEPT))) {
        Files.deleteIfExists(old);
      }
    } catch (IOException e) {
      log.warn(
          ServiceLogEvent.DUMPS_NOT_REMOVED.marker(),
          "cannot remove old dumps in {}: {}",
          directory,
          e.toString());
    }
  }
}

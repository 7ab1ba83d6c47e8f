package org.etcdmirror.v3.internal.sink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names the writer of a checkpoint: a random id that nothing else bears, then host, process and
 * start, which only a message shows. Safe for use by many threads.
 */
final class CheckpointWriter {

  private static final Path HOST = Path.of("/proc/sys/kernel/hostname");

  private static final int LONGEST_HOST = 64;

  private static final Pattern TEXT =
      Pattern.compile("[0-9a-f]{24} host=(\\S{1,64}) pid=(\\d{1,19}) since=(\\S{1,40})");

  private CheckpointWriter() {}

  /** A new name, in one line. */
  static String create() {
    byte[] id = new byte[12];
    new SecureRandom().nextBytes(id);
    return "%s host=%s pid=%d since=%s"
        .formatted(
            HexFormat.of().formatHex(id),
            host(),
            ProcessHandle.current().pid(),
            Instant.now().truncatedTo(ChronoUnit.SECONDS));
  }

  /** Host, process and start of a writer, in parentheses; empty if the text does not say. */
  static String describe(@Nullable String writer) {
    Matcher parts = TEXT.matcher(writer == null ? "" : writer);
    return parts.matches()
        ? " (host %s, process %s, since %s)"
            .formatted(parts.group(1), parts.group(2), parts.group(3))
        : "";
  }

  /** The name service is not asked: it may take seconds to answer. */
  private static String host() {
    Map<String, String> variables = System.getenv();
    String name = variables.getOrDefault("HOSTNAME", variables.getOrDefault("COMPUTERNAME", ""));
    try {
      name = Files.readString(HOST).strip();
    } catch (IOException notLinux) {
      // The variable is what there is.
    }
    String safe = name.replaceAll("[^A-Za-z0-9._-]", "");
    return safe.isEmpty() ? "unknown" : safe.substring(0, Math.min(safe.length(), LONGEST_HOST));
  }
}

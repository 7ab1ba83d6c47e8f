package org.etcdmirror.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;

/** The wall clock that mirrors see, faked by libfaketime; durations stay true. */
final class MirrorClock {

  private final Path library;
  private final Path file;

  MirrorClock(Path library, Path directory) throws IOException {
    this.library = library;
    this.file = directory.resolve("clock");
    set(Duration.ZERO);
  }

  /** How far it is from the true time, from now on. */
  void set(Duration ahead) throws IOException {
    Path part = file.resolveSibling("clock.part");
    Files.writeString(part, "%+d%n".formatted(ahead.toSeconds()));
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * What makes a program see it, within two seconds. Without a cache, each look at a clock takes a
   * fifth of a millisecond, and Java looks often. With the library's own repair of monotonic
   * clocks, each timed wait of Java ends at once (libfaketime 0.9.10, Java 17 and 25).
   */
  Map<String, String> environment() {
    return Map.of(
        "LD_PRELOAD",
        library.toString(),
        "FAKETIME_TIMESTAMP_FILE",
        file.toString(),
        "FAKETIME_CACHE_DURATION",
        "1",
        "FAKETIME_FORCE_MONOTONIC_FIX",
        "0",
        "FAKETIME_DONT_FAKE_MONOTONIC",
        "1");
  }
}

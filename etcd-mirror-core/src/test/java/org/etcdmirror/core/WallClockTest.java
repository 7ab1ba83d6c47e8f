package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.core.internal.flow.Since;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No duration depends on the wall clock, which may step at any time. */
class WallClockTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Instant BEGIN = Instant.parse("2026-01-02T03:04:05Z");

  /** Code that measures or waits by the wall clock. */
  private static final Pattern MEASURED =
      Pattern.compile(
          "currentTimeMillis|between\\([^;]*Instant\\.now|Instant\\.now\\(\\)\\s*\\.(plus|minus|isB|isA)"
              + "|(isBefore|isAfter)\\([^;]*Instant\\.now|Instant now = Instant\\.now");

  /**
   * The end of a certificate is a time of the wall clock, and so is what a dump says to the process
   * that reads it.
   */
  private static final List<String> ALLOWED =
      List.of(
          "CertificateMetrics.java",
          "AccessTrustManager.java",
          "DumpWriter.java",
          "DumpSnapshot.java",
          "Partition.java");

  private static final class SteppingClock implements InstantSource {
    private Instant now = BEGIN;

    @Override
    public Instant instant() {
      return now;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void remainingTimeOfExpirySurvivesWallClockStep(int hours) {
    SteppingClock clock = new SteppingClock();
    Expiry expiry = Expiry.at(BEGIN.plus(MINUTE), clock);
    clock.now = BEGIN.plus(Duration.ofHours(hours));
    assertThat(expiry.left()).isBetween(Duration.ZERO, MINUTE);
    assertThat(expiry.instant(clock)).isBetween(clock.now, clock.now.plus(MINUTE));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void ageSurvivesWallClockStep(int hours) {
    SteppingClock clock = new SteppingClock();
    Since since = Since.of(BEGIN.minus(MINUTE), clock);
    clock.now = BEGIN.plus(Duration.ofHours(hours));
    assertThat(since.ago()).isBetween(MINUTE, MINUTE.plusMinutes(20));
  }

  @Test
  void futureInstantCountsAsNow() {
    assertThat(Since.of(BEGIN.plus(MINUTE), new SteppingClock()).ago()).isLessThan(MINUTE);
  }

  @Test
  void expiriesCompareByRemainingTime() {
    Expiry soon = Expiry.in(MINUTE);
    Expiry later = Expiry.after(soon.nanos(), MINUTE);
    assertThat(soon.isBefore(later)).isTrue();
    assertThat(later.isBefore(soon)).isFalse();
    assertThat(later.since(soon)).isEqualTo(MINUTE);
    assertThat(Expiry.in(Duration.ofSeconds(Long.MAX_VALUE)).left()).isGreaterThan(MINUTE);
    assertThat(Expiry.in(MINUTE.negated()).left()).isNegative();
  }

  @Test
  void noCodeMeasuresByWallClock() throws IOException {
    try (Stream<Path> modules =
        Stream.concat(mains(Path.of("..")), mains(Path.of("../examples")))) {
      List<String> found = modules.flatMap(WallClockTest::findings).toList();
      assertThat(found).isEmpty();
    }
  }

  private static Stream<Path> mains(Path parent) throws IOException {
    try (Stream<Path> modules = Files.list(parent)) {
      return modules
          .filter(module -> !module.endsWith("etcd-mirror-testkit"))
          .filter(module -> !module.endsWith("simulation"))
          .map(module -> module.resolve("src/main/java"))
          .filter(Files::isDirectory)
          .toList()
          .stream();
    }
  }

  private static Stream<String> findings(Path main) {
    try (Stream<Path> files = Files.walk(main)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !ALLOWED.contains(file.getFileName().toString()))
          .filter(file -> MEASURED.matcher(read(file)).find())
          .map(Path::toString)
          .toList()
          .stream();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}

package org.etcdmirror.service.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.core.MirrorState.CONNECTING;
import static org.etcdmirror.core.MirrorState.CREATED;
import static org.etcdmirror.core.MirrorState.FOLLOWING;
import static org.etcdmirror.core.MirrorState.RESYNCING;
import static org.etcdmirror.core.MirrorState.STOPPING;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Reports to systemd, with a program that records them in place of systemd-notify. */
@Timeout(600)
class SystemdNotifierTest {

  private static final Map<String, String> WITH_SOCKET = Map.of("NOTIFY_SOCKET", "/run/notify");

  private final Path directory;
  private final Path reports;

  SystemdNotifierTest(@TempDir Path directory) {
    this.directory = directory;
    reports = directory.resolve("reports");
  }

  @Test
  void firstStateReportsReadyAndTheNextOnlyTheStatus() throws IOException {
    try (SystemdNotifier systemd = notifier(program(""))) {
      systemd.onState(CREATED, CONNECTING);
      awaitReports("READY=1 STATUS=CONNECTING");

      systemd.onState(CONNECTING, FOLLOWING);
      awaitReports("READY=1 STATUS=CONNECTING", "STATUS=FOLLOWING");
    }
  }

  @Test
  void closeWaitsForTheReportThatTheMirrorStops() throws IOException {
    SystemdNotifier systemd = notifier(program(""));

    systemd.onState(FOLLOWING, STOPPING);
    systemd.close();

    assertThat(reports).hasContent("READY=1 STOPPING=1 STATUS=STOPPING");
  }

  @Test
  void slowProgramDelaysNoStateAndGetsTheNewestOne() throws Exception {
    Path gate = directory.resolve("gate");
    Path open = directory.resolve("open");
    assertThat(new ProcessBuilder("mkfifo", gate.toString()).start().waitFor()).isZero();
    try (SystemdNotifier systemd =
        notifier(program("[ -e '%s' ] || cat '%s'".formatted(open, gate)))) {
      systemd.onState(CREATED, CONNECTING);
      awaitReports("READY=1 STATUS=CONNECTING");

      systemd.onState(CONNECTING, RESYNCING);
      systemd.onState(RESYNCING, FOLLOWING);
      Files.createFile(open);
      Files.writeString(gate, "go on");

      awaitReports("READY=1 STATUS=CONNECTING", "STATUS=FOLLOWING");
    }
  }

  @Test
  void programThatHangsIsKilled() throws IOException {
    Path number = directory.resolve("process");
    String hangs = "echo $$ >'%s.new' && mv '%1$s.new' '%1$s'; exec tail -f /dev/null";
    try (SystemdNotifier systemd =
        SystemdNotifier.of(program(hangs.formatted(number)), WITH_SOCKET, Duration.ofSeconds(1))) {
      systemd.onState(CREATED, CONNECTING);
    }
    // It may have been killed before it wrote its number.
    if (Files.exists(number)) {
      long process = Long.parseLong(Files.readString(number).strip());
      await()
          .atMost(PATIENCE)
          .until(() -> ProcessHandle.of(process).filter(ProcessHandle::isAlive).isEmpty());
    }
  }

  @Test
  void missingProgramIsLoggedOnceAndDoesNoHarm() {
    Logger logger = (Logger) LoggerFactory.getLogger(SystemdNotifier.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    try (SystemdNotifier systemd = notifier(directory.resolve("missing").toString())) {
      systemd.onState(CREATED, CONNECTING);
      await().atMost(PATIENCE).until(() -> !lines.list.isEmpty());
      systemd.onState(CONNECTING, FOLLOWING);
    } finally {
      logger.detachAppender(lines);
    }

    assertThat(lines.list)
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage)
        .asString()
        .contains("NOTIFY_SOCKET is set", "missing", "install systemd-notify");
  }

  @Test
  void nothingIsStartedWithoutASocket() throws IOException {
    try (SystemdNotifier systemd = SystemdNotifier.of(program(""), Map.of(), PATIENCE)) {
      systemd.onState(CREATED, CONNECTING);
    }

    assertThat(reports).doesNotExist();
  }

  private static SystemdNotifier notifier(String program) {
    return SystemdNotifier.of(program, WITH_SOCKET, PATIENCE);
  }

  /** A program that records its arguments, and then does this. */
  private String program(String then) throws IOException {
    Path file = directory.resolve("systemd-notify");
    Files.writeString(
        file, "#!/bin/sh\nprintf '%%s\\n' \"$*\" >>'%s'\n%s\n".formatted(reports, then));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return file.toString();
  }

  private void awaitReports(String... expected) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> Files.exists(reports) && Files.readAllLines(reports).equals(List.of(expected)));
  }
}

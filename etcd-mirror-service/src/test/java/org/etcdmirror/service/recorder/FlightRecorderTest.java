package org.etcdmirror.service.recorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.core.AppliedChanges;
import org.etcdmirror.core.AppliedChanges.Cause;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.service.config.ServiceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightRecorderTest {

  @TempDir private Path directory;

  private static AppliedChanges batch(long index) {
    MirrorEvent put =
        new MirrorEvent.Put(Bytes.utf8("/conf/" + index), Bytes.utf8("secret"), index, null);
    return new AppliedChanges(Cause.LIVE, EventBatch.of(List.of(put), index, index), index + 7);
  }

  private static MirrorStatus status() {
    return new MirrorStatus(
        "/conf",
        MirrorState.FAILED,
        100,
        90,
        0,
        120,
        20,
        null,
        false,
        new MirrorStatus.Counters(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16),
        "broken",
        Instant.EPOCH,
        null,
        null,
        null,
        List.of(),
        null,
        null,
        null,
        null,
        null,
        0,
        List.of(),
        null);
  }

  private Dumps dumps(FlightRecorder recorder, String link) {
    Dumps dumps = new Dumps(recorder, new DumpFiles(directory, link));
    dumps.watch(FlightRecorderTest::status);
    return dumps;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.sorted().toList();
    }
  }

  @Test
  void entriesAreInOrderAndShowNoValue() {
    FlightRecorder recorder = new FlightRecorder();
    recorder.onState(MirrorState.CONNECTING, MirrorState.RESYNCING);
    recorder.onGap(new Gap(Gap.Reason.HISTORY_CLEARED, 5, 7, 9), RecoveryPolicy.Decision.RESYNC);
    recorder.onApplied(batch(9));
    recorder.onUnconfirmed(batch(10), new IOException("no answer"));
    recorder.onRetry(new IOException("no answer"), Duration.ofMillis(250));
    PendingApproval question = new PendingApproval("t", "too many", Instant.EPOCH, null);
    recorder.onBlocked(question);
    recorder.onApproved(question);
    recorder.onFailed(new IllegalStateException("broken"));

    assertThat(recorder.lines())
        .hasSize(8)
        .noneMatch(line -> line.contains("secret"))
        .extracting(line -> line.replaceFirst(".*\"event\":\"([a-z-]+)\".*", "$1"))
        .containsExactly(
            "state", "gap", "applied", "unconfirmed", "retry", "blocked", "approved", "failed");
  }

  @Test
  void trafficPushesOutNoDecision() {
    FlightRecorder recorder = new FlightRecorder(10, 1 << 20);
    recorder.onState(MirrorState.CONNECTING, MirrorState.FOLLOWING);
    for (int i = 0; i < 100; i++) {
      recorder.onApplied(batch(i));
    }
    assertThat(recorder.lines()).hasSize(11);
    assertThat(recorder.lines().get(0)).contains("FOLLOWING");
    assertThat(recorder.lines().get(1)).contains("/conf/90");
  }

  @Test
  void longTextsDoNotExceedTheBound() {
    FlightRecorder recorder = new FlightRecorder(1_000, 100_000);
    for (int i = 0; i < 1_000; i++) {
      recorder.onRetry(new IOException("x".repeat(100_000)), Duration.ZERO);
    }
    assertThat(String.join("", recorder.lines())).hasSizeBetween(50_000, 100_000);
  }

  @Test
  void timelineOfADumpHasALineForEachEntry() throws Exception {
    FlightRecorder recorder = new FlightRecorder();
    recorder.onState(MirrorState.CONNECTING, MirrorState.RESYNCING);
    recorder.onApplied(batch(9));

    Path file = dumps(recorder, "/conf").write();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    List<String> lines = Timeline.of(Dump.read(file)).lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0))
        .startsWith("link /conf, asked at ")
        .endsWith("FAILED, index 100 of 120");
    assertThat(lines.get(1)).contains(" state ", "CONNECTING -> RESYNCING");
    assertThat(lines.get(2))
        .contains(" applied ", "changes=1", "reason=live", "first.key=/conf/9", "sinkIndex=16");
    assertThat(Dump.read(file).json()).contains("\"link\":\"/conf\"", "\"events\":[{");
  }

  @Test
  void requestsRemoveOldRequestsAndNoDumpOfAFailure() throws Exception {
    FlightRecorder recorder = new FlightRecorder();
    Dumps dumps = dumps(recorder, "/conf");
    dumps.onFailed(new IllegalStateException("broken"));
    dumps(recorder, "/conf-2").write();
    for (int i = 0; i < 15; i++) {
      Path written = dumps.write();
      // Names have milliseconds.
      Files.move(
          written, directory.resolve("%s-201%02d101T000000.000Z-asked.dump".formatted("_conf", i)));
    }
    Path newest = dumps.write();

    assertThat(files()).hasSize(12).contains(newest);
    assertThat(files()).filteredOn(file -> file.toString().endsWith("-failed.dump")).hasSize(1);
    assertThat(files()).filteredOn(file -> file.toString().contains("_conf-2-")).hasSize(1);
  }

  @Test
  void whatIsNoDumpIsRefusedWithItsLine() throws Exception {
    Path file = directory.resolve("x.dump");
    assertThatThrownBy(() -> Dump.read(file))
        .isInstanceOf(ServiceException.class)
        .hasMessageContaining("cannot read the dump " + file);
    Files.writeString(file, "{}\n");
    assertThatThrownBy(() -> Dump.read(file)).hasMessageContaining("is no dump of etcd-mirror");
    Files.writeString(file, "{\"etcdMirrorDump\":2}\n");
    assertThatThrownBy(() -> Dump.read(file)).hasMessageContaining("has format 2");
    Files.writeString(file, "{\"etcdMirrorDump\":1}\n{\"time\":");
    assertThatThrownBy(() -> Dump.read(file)).hasMessageContaining("line 2 is no JSON");
    Files.write(file, "\u00ff".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> Dump.read(file)).isInstanceOf(ServiceException.class);
  }

  @Test
  void textOfADumpCannotControlTheTerminal() throws Exception {
    Path file = directory.resolve("x.dump");
    Files.writeString(
        file,
        "{\"etcdMirrorDump\":1,\"link\":\"a\\u001b[2J\"}\n{\"event\":\"retry\",\"failure\":\"b\\u001b]0;c\\nd\"}\n");
    assertThat(Timeline.of(Dump.read(file)).lines())
        .hasSize(2)
        .allMatch(line -> line.chars().noneMatch(Character::isISOControl));
  }
}

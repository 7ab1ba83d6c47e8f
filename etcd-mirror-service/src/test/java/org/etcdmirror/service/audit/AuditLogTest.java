package org.etcdmirror.service.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.core.AppliedChanges;
import org.etcdmirror.core.AppliedChanges.Cause;
import org.etcdmirror.core.MirrorState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  private Path file() {
    return directory.resolve("audit.jsonl");
  }

  private static List<JsonNode> lines(Path file) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.isEmpty()) {
        lines.add(JSON.readTree(line));
      }
    }
    return lines;
  }

  private static AppliedChanges changes(Cause cause, long sinkIndex, MirrorEvent... events) {
    return new AppliedChanges(
        cause, EventBatch.of(List.of(events), events[events.length - 1].index(), 0), sinkIndex);
  }

  private static MirrorEvent put(String key, String value, long index) {
    return new Put(Bytes.utf8(key), Bytes.utf8(value), index, null);
  }

  @Test
  void aLineNamesTheChangeAndHidesTheValue() throws Exception {
    AuditLog audit = AuditLog.open("conftool", file(), false);

    audit.onApplied(changes(Cause.LIVE, 70, put("/a/b", "secret-value", 12)));

    assertThat(file()).content().doesNotContain("secret-value").endsWith("\n");
    JsonNode line = lines(file()).get(0);
    assertThat(Instant.parse(line.path("time").asText())).isBeforeOrEqualTo(Instant.now());
    assertThat(line.path("link").asText()).isEqualTo("conftool");
    assertThat(line.path("index").asLong()).isEqualTo(12);
    assertThat(line.path("sinkIndex").asLong()).isEqualTo(70);
    assertThat(line.path("key").asText()).isEqualTo("/a/b");
    assertThat(line.path("action").asText()).isEqualTo("put");
    assertThat(line.path("reason").asText()).isEqualTo("live");
    assertThat(line.path("valueBytes").asInt()).isEqualTo(12);
    // echo -n secret-value | sha256sum
    assertThat(line.path("valueSha256").asText()).isEqualTo("31160254d1297393");
    assertThat(audit.written()).isEqualTo(1);
  }

  @Test
  void aLineHasTheStartOfTheValueIfValuesAreShown() throws Exception {
    AuditLog audit = AuditLog.open("conftool", file(), true);

    audit.onApplied(changes(Cause.LIVE, 70, put("/a/b", "line\n" + "x".repeat(300), 12)));

    assertThat(lines(file()).get(0).path("value").asText())
        .isEqualTo("line\\n" + "x".repeat(195) + "... (305 bytes)");
  }

  @Test
  void mirrorThatNeverStartedWritesNoStop() throws Exception {
    AuditLog audit = AuditLog.open("conftool", file(), false);

    audit.onState(MirrorState.CREATED, MirrorState.STOPPING);
    audit.onState(MirrorState.STOPPING, MirrorState.STOPPED);

    assertThat(file()).isEmptyFile();
  }

  @Test
  void eachKindOfChangeHasItsAction() throws Exception {
    AuditLog audit = AuditLog.open("conftool", file(), false);
    Expiry soon = Expiry.in(Duration.ofSeconds(90));

    audit.onApplied(
        changes(
            Cause.REPAIR,
            0,
            new MakeDirectory(Bytes.utf8("/d"), 1, null),
            new Delete(Bytes.of(new byte[] {(byte) 0xff}), 2),
            new DeleteTree(Bytes.utf8("/t"), 3),
            new Refresh(Bytes.utf8("/l"), 4, soon, null)));

    List<JsonNode> lines = lines(file());
    assertThat(lines)
        .extracting(line -> line.path("action").asText())
        .containsExactly("mkdir", "delete", "delete-tree", "refresh");
    assertThat(lines).allMatch(line -> line.path("reason").asText().equals("repair"));
    assertThat(lines).allMatch(line -> line.path("sinkIndex").isMissingNode());
    assertThat(lines.get(1).path("key").asText()).isEqualTo("0xff");
    assertThat(lines.get(3).path("secondsToLive").asLong()).isBetween(1L, 90L);
  }

  @Test
  void aResyncNamesItsGapAndAFirstCopyHasNone() throws Exception {
    AuditLog audit = AuditLog.open("conftool", file(), false);

    audit.onApplied(
        changes(
            Cause.closing(new Gap(Gap.Reason.HISTORY_COMPACTED, 1, 2, 3)), 0, put("/a", "1", 3)));
    audit.onApplied(
        changes(Cause.closing(new Gap(Gap.Reason.NO_CHECKPOINT, 0, 0, 3)), 0, put("/a", "1", 3)));

    assertThat(lines(file()).get(0).path("reason").asText()).isEqualTo("resync");
    assertThat(lines(file()).get(0).path("gap").asText()).isEqualTo("HISTORY_COMPACTED");
    assertThat(lines(file()).get(1).path("reason").asText()).isEqualTo("first-copy");
    assertThat(lines(file()).get(1).path("gap").isMissingNode()).isTrue();
  }

  @Test
  void aRunBeginsWithItsIndexAndEndsWithALine() throws Exception {
    AuditLog first = AuditLog.open("conftool", file(), false);
    first.onResumed(null);
    first.onState(MirrorState.STOPPING, MirrorState.STOPPED);
    AuditLog second = AuditLog.open("conftool", file(), false);
    second.onResumed(new Checkpoint(41, "cluster", "scope", Instant.now()).whileApplying(50));

    List<JsonNode> lines = lines(file());
    assertThat(lines)
        .extracting(line -> line.path("audit").asText())
        .containsExactly("start", "stop", "start");
    assertThat(lines.get(0).path("index").isMissingNode()).isTrue();
    assertThat(lines.get(2).path("index").asLong()).isEqualTo(41);
    assertThat(lines.get(2).path("applying").asLong()).isEqualTo(50);
  }

  /** A reload makes the new mirror of a link before it knows whether the whole file is right. */
  @Test
  void aMirrorThatNeverRanWritesNoEnd() throws Exception {
    AuditLog running = AuditLog.open("conftool", file(), false);
    running.onResumed(null);
    AuditLog refused = AuditLog.open("conftool", file(), false);

    refused.onState(MirrorState.CREATED, MirrorState.STOPPED);

    assertThat(lines(file()))
        .extracting(line -> line.path("audit").asText())
        .containsExactly("start");
  }

  @Test
  void eachLeadOfAMemberIsARun() throws Exception {
    AuditLog audit = AuditLog.open("conftool", file(), false);
    AppliedChanges sent = changes(Cause.LIVE, 0, put("/a", "1", 3));
    audit.onState(MirrorState.CREATED, MirrorState.STANDBY);
    audit.onResumed(null);
    audit.onUnconfirmed(sent, new IOException("no answer"));
    audit.onState(MirrorState.RETRYING, MirrorState.STANDBY);
    audit.onResumed(null);
    audit.onUnconfirmed(sent, new IOException("no answer"));
    audit.onState(MirrorState.RETRYING, MirrorState.STANDBY);
    audit.onState(MirrorState.STANDBY, MirrorState.STOPPED);

    assertThat(lines(file()))
        .extracting(line -> line.path("audit").asText(line.path("outcome").asText()))
        .containsExactly("start", "unconfirmed", "stop", "start", "unconfirmed", "stop");
  }

  @Test
  void aMirrorThatDoesNotRunHoldsNoFileOpen() throws Exception {
    AuditLog audit = AuditLog.open("conftool", file(), false);
    assertThat(openFiles()).doesNotContain(file().toRealPath());
    audit.onResumed(null);
    assertThat(openFiles()).contains(file().toRealPath());
    audit.onState(MirrorState.FOLLOWING, MirrorState.STANDBY);
    assertThat(openFiles()).doesNotContain(file().toRealPath());
  }

  private static List<Path> openFiles() throws IOException {
    List<Path> open = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path one : all) {
        if (Files.isSymbolicLink(one)) {
          open.add(Files.readSymbolicLink(one));
        }
      }
    }
    return open;
  }

  /** A sink that is away for hours fails the same call again and again. */
  @Test
  void unconfirmedChangesAreMarkedOnceUntilTheyAreConfirmed() throws Exception {
    AuditLog audit = AuditLog.open("conftool", file(), false);
    AppliedChanges sent = changes(Cause.LIVE, 0, put("/a", "1", 3));

    audit.onUnconfirmed(sent, new IOException("no answer"));
    audit.onUnconfirmed(sent, new IOException("refused"));
    audit.onApplied(sent);
    audit.onUnconfirmed(sent, new IOException("no answer"));

    assertThat(lines(file()))
        .extracting(line -> line.path("outcome").asText("confirmed"))
        .containsExactly("unconfirmed", "confirmed", "unconfirmed");
  }

  @Test
  void onlyItsOwnerMayReadANewFile() throws Exception {
    AuditLog audit = AuditLog.open("conftool", file(), false);
    audit.onApplied(changes(Cause.LIVE, 0, put("/a", "1", 3)));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void linesGoToANewFileAfterTheOldOneWasMoved() throws Exception {
    AuditLog audit = AuditLog.open("conftool", file(), false);
    audit.onApplied(changes(Cause.LIVE, 0, put("/a", "1", 3)));
    Path rotated = Files.move(file(), directory.resolve("audit.jsonl.1"));

    audit.onApplied(changes(Cause.LIVE, 0, put("/a", "2", 4)));

    assertThat(lines(rotated)).hasSize(1);
    assertThat(lines(file())).hasSize(1);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void aFullDiskIsCountedAndToldInTheFileLater() throws Exception {
    Path link = Files.createSymbolicLink(file(), Path.of("/dev/full"));
    AuditLog audit = AuditLog.open("conftool", link, false);

    audit.onResumed(null);
    audit.onApplied(changes(Cause.LIVE, 0, put("/a", "1", 3), put("/b", "1", 4)));
    audit.onApplied(changes(Cause.LIVE, 0, put("/c", "1", 5)));

    assertThat(audit.missing()).isEqualTo(3);
    assertThat(audit.written()).isZero();
    Files.delete(link);

    audit.onApplied(changes(Cause.LIVE, 0, put("/d", "1", 6)));

    List<JsonNode> lines = lines(file());
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0).path("audit").asText()).isEqualTo("missing");
    assertThat(lines.get(0).path("changes").asLong()).isEqualTo(3);
    assertThat(lines.get(1).path("key").asText()).isEqualTo("/d");
    assertThat(audit.missing()).isEqualTo(3);
    assertThat(audit.written()).isEqualTo(1);
  }

  @Test
  void aLargeBatchIsWrittenWholeAndInOrder() throws Exception {
    AuditLog audit = AuditLog.open("conftool", file(), false);
    MirrorEvent[] events = new MirrorEvent[5_000];
    for (int i = 0; i < events.length; i++) {
      events[i] = put("/key/" + i, "value " + i, i + 1);
    }

    audit.onApplied(changes(Cause.LIVE, 0, events));

    assertThat(lines(file()))
        .extracting(line -> line.path("index").asLong())
        .hasSize(events.length)
        .isSorted();
  }
}

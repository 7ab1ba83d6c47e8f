package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.junit.jupiter.api.Test;

/** Many keys that expired together are deleted without approval if the expiry is certain. */
class MirrorExpiryGuardTest extends MirrorFixture {

  private static final int MANY = 2500;
  private static final int FEW = 150;

  private void live(int keys) {
    for (int i = 0; i < keys; i++) {
      source.put("/conf/" + i, "v", Expiry.in(Duration.ofHours(1)));
    }
  }

  private void gone(int keys) {
    for (int i = 0; i < keys; i++) {
      source.delete("/conf/" + i);
    }
  }

  private void lostHistory() {
    source.foreignWrites(10);
    source.clearHistory();
  }

  private void assertNotBlocked(EtcdMirror mirror) throws InterruptedException {
    level(mirror);
    awaitState(mirror, MirrorState.FOLLOWING);
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(told.blocked).isEmpty();
  }

  private static ResyncPlan blockedPlan(EtcdMirror mirror) {
    awaitState(mirror, MirrorState.BLOCKED);
    return requireNonNull(requireNonNull(mirror.status().pending()).plan());
  }

  /** The first copy read the keys or events delivered them; one other key stays. */
  private void mirroredAndStopped(int keys, boolean byEvents) throws InterruptedException {
    source.put("/conf/stays", "1");
    if (!byEvents) {
      live(keys);
    }
    EtcdMirror first = following();
    if (byEvents) {
      live(keys);
      level(first);
    }
    first.close();
  }

  @Test
  void statusCountsTheKeysWithATimeToLive() throws Exception {
    live(2);
    source.put("/conf/stays", "1");
    EtcdMirror mirror = following();
    assertThat(mirror.status().expiringKeys()).as("read").isEqualTo(2);

    source.put("/conf/stays", "2", Expiry.in(Duration.ofHours(1)));
    level(mirror);
    assertThat(mirror.status().expiringKeys()).as("from an event").isEqualTo(3);

    source.put("/conf/stays", "3");
    level(mirror);
    assertThat(mirror.status().expiringKeys()).as("lasting again").isEqualTo(2);
  }

  @Test
  void expiredKeysKnownFromEventsAreDeletedAfterRestart() throws Exception {
    mirroredAndStopped(MANY, true);
    gone(MANY);
    lostHistory();
    assertThat(mirror().plan().refusal()).isNull();
    assertNotBlocked(started());
  }

  @Test
  void expiredKeysKnownFromFirstCopyAreDeletedAfterRestart() throws Exception {
    mirroredAndStopped(MANY, false);
    gone(MANY);
    lostHistory();
    assertNotBlocked(started());
  }

  @Test
  void expiredKeysAreDeletedWhileMirrorRuns() throws Exception {
    source.put("/conf/stays", "1");
    EtcdMirror mirror = following();
    live(MANY);
    level(mirror);
    Faults.Gate poll = source.faults.block("poll");
    source.foreignWrites(1);
    poll.awaitReached();
    gone(MANY);
    lostHistory();
    poll.release();
    assertNotBlocked(mirror);
  }

  @Test
  void fewExpiringKeysAreKnownAfterCrash() throws Exception {
    source.put("/conf/stays", "1");
    EtcdMirror first = following();
    live(FEW);
    level(first);
    eventually(() -> store.notes().containsKey("expiring"));
    var killed = store.last();
    first.close();
    store.preset(killed);
    gone(FEW);
    lostHistory();
    assertNotBlocked(started());
  }

  @Test
  void manyExpiringKeysAreStoredOnlyOnClose() throws Exception {
    source.put("/conf/stays", "1");
    EtcdMirror first = following();
    live(MANY);
    level(first);
    eventually(() -> store.index() == source.index());
    assertThat(store.notes()).doesNotContainKey("expiring");
    first.close();
    assertThat(store.notes()).containsKey("expiring");
  }

  @Test
  void expiredDirectoryDeletesItsKeysWithoutApproval() throws Exception {
    source.put("/conf/stays", "1");
    EtcdMirror first = following();
    source.happened(
        new MakeDirectory(
            Bytes.utf8("/conf/d"), source.index() + 1, Expiry.in(Duration.ofHours(1))));
    for (int i = 0; i < FEW; i++) {
      source.put("/conf/d/" + i, "v");
    }
    level(first);
    first.close();
    source.deleteTree("/conf/d");
    lostHistory();
    assertNotBlocked(started());
  }

  @Test
  void keysWithoutTtlNeedApprovalForDelete() throws Exception {
    source.put("/conf/stays", "1");
    for (int i = 0; i < FEW; i++) {
      source.put("/conf/" + i, "v");
    }
    following().close();
    gone(FEW);
    lostHistory();
    assertThat(mirror().plan().refusal()).contains("would delete 150");
    assertThat(blockedPlan(started()).deletes()).isEqualTo(FEW);
  }

  @Test
  void keysThatLostTheirTtlNeedApprovalForDelete() throws Exception {
    mirroredAndStopped(FEW, true);
    EtcdMirror second = following();
    for (int i = 0; i < FEW; i++) {
      source.put("/conf/" + i, "lasting");
    }
    level(second);
    second.close();
    gone(FEW);
    lostHistory();
    assertThat(blockedPlan(started()).deletes()).isEqualTo(FEW);
  }

  @Test
  void manyLastingKeysAmongExpiredKeysNeedApproval() throws Exception {
    source.put("/conf/stays", "1");
    for (int i = 0; i < FEW; i++) {
      source.put("/conf/lasting" + i, "v");
    }
    EtcdMirror first = following();
    live(FEW);
    level(first);
    first.close();
    gone(FEW);
    for (int i = 0; i < FEW; i++) {
      source.delete("/conf/lasting" + i);
    }
    lostHistory();
    assertThat(blockedPlan(started()).deletes()).isEqualTo(2L * FEW);
  }

  @Test
  void expiredKeysNeedApprovalIfAnchorIsUnknown() throws Exception {
    mirroredAndStopped(FEW, true);
    gone(FEW);
    lostHistory();
    source.forgetAnchors();
    Map<String, String> before = sink.values();
    assertThat(blockedPlan(started()).deletes()).isEqualTo(FEW);
    assertThat(sink.values()).isEqualTo(before);
  }

  @Test
  void expiredKeysNeedApprovalIfSourceIsEmpty() throws Exception {
    mirroredAndStopped(FEW, true);
    gone(FEW);
    source.delete("/conf/stays");
    lostHistory();
    assertThat(blockedPlan(started()).refusal()).contains(": the source is empty");
  }

  @Test
  void expiredKeysNeedApprovalInAnotherHistory() throws Exception {
    mirroredAndStopped(FEW, true);
    source.goBackTo(5);
    source.put("/conf/stays", "1");
    assertThat(blockedPlan(started()).deletes()).isEqualTo(FEW);
  }
}

package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compaction while both sides are compared: plans and verifications continue. */
class MirrorChunksInspectionTest extends CompactedReadingFixture {

  @Test
  void planAndVerifyContinueAfterCompaction() throws Exception {
    EtcdMirror mirror = following();
    behind(
        5,
        () -> {
          source.put(key(2), "second");
          source.put(key(30), "second");
          source.expireSnapshots();
        });
    VerifyReport report = mirror.verify();
    assertThat(report.isEqual()).as(report.describe()).isTrue();
    assertThat(source.faults.calls("renew")).isEqualTo(1);
    level(mirror);
    behind(
        7,
        () -> {
          source.put(key(30), "third");
          source.expireSnapshots();
        });
    assertThat(mirror.plan().sourceEntries()).isEqualTo(KEYS);
    assertThat(source.faults.calls("renew")).isEqualTo(2);
  }

  @Test
  void verifyFindsDifferencesOnBothSidesOfCompaction() throws Exception {
    EtcdMirror mirror = following();
    sink.lose(key(1));
    sink.lose(key(20));
    behind(
        5,
        () -> {
          source.put(key(2), "second");
          source.expireSnapshots();
        });
    VerifyReport report = mirror.verify();
    assertThat(report.missing()).isEqualTo(2);
  }

  @Test
  void verifySettlesManySuspectsDespiteRepeatedCompaction() throws Exception {
    for (int i = KEYS; i < 900; i++) {
      source.put(key(i), "first");
    }
    EtcdMirror mirror = following();
    List<String> lost = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      sink.lose(key(i));
      lost.add(key(i));
    }
    expireEachSnapshotBehind(5, key(899));
    VerifyReport report = mirror.verify();
    assertThat(report.missing()).as(report.describe()).isEqualTo(lost.size());
    assertThat(report.unsettled()).as(report.describe()).isZero();
  }
}

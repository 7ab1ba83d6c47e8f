package org.etcdmirror.core.internal.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Iterator;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.internal.run.Shutdown;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PacedSnapshotTest {

  private final FakeTime time = new FakeTime();

  @Test
  void snapshotIsReadAtConfiguredRate() throws Exception {
    assertThat(readAll(new PacedSnapshot(of(1001), 500, time), 0)).isEqualTo(1001);
    assertThat(time.now)
        .isBetween(Duration.ofMillis(1980).toNanos(), Duration.ofSeconds(2).toNanos());
  }

  @Test
  void pausesAreFewAndNotTiny() throws Exception {
    readAll(new PacedSnapshot(of(20_000), 20_000, time), 0);
    assertThat(time.pauses).isLessThanOrEqualTo(50);
  }

  @Test
  void slowSnapshotIsNeitherPausedNorSpedUpLater() throws Exception {
    readAll(new PacedSnapshot(of(100), 100, time), Duration.ofMillis(100).toNanos());
    assertThat(time.pauses).isZero();
    // Ten seconds in which a thousand entries were allowed and a hundred were read.
    PacedSnapshot paced = new PacedSnapshot(of(300), 100, time);
    time.now += Duration.ofSeconds(10).toNanos();
    readAll(paced, 0);
    assertThat(time.pauses).isPositive();
  }

  @Test
  @Timeout(60)
  void aPauseEndsWithTheMirror() throws Exception {
    Shutdown closing = new Shutdown();
    closing.begin();
    assertThat(readAll(PacedSnapshot.of(of(1000), 1, closing), 0)).isEqualTo(1000);
  }

  private int readAll(Snapshot snapshot, long nanosEach) throws Exception {
    int read = 0;
    while (snapshot.next() != null) {
      read++;
      time.now += nanosEach;
    }
    return read;
  }

  private static Snapshot of(int entries) {
    Iterator<Entry> all =
        Stream.<Entry>generate(() -> new Put(Bytes.utf8("/a"), Bytes.EMPTY, 1, null))
            .limit(entries)
            .iterator();
    return new Snapshot() {
      @Override
      public SourceHead head() {
        return new SourceHead("c", 1);
      }

      @Override
      public @Nullable Entry next() {
        return all.hasNext() ? all.next() : null;
      }

      @Override
      public void close() {}
    };
  }

  private static final class FakeTime implements PacedSnapshot.Time {
    private long now;
    private int pauses;

    @Override
    public long nanos() {
      return now;
    }

    @Override
    public void pause(Duration pause) {
      now += pause.toNanos();
      pauses++;
    }
  }
}

package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.junit.jupiter.api.BeforeEach;

/** A source whose snapshots are compacted while they are read. */
abstract class CompactedReadingFixture extends MirrorFixture {

  static final int KEYS = 40;

  /** What happens when the entry behind a key is about to be read, once. */
  private final Map<String, Runnable> script = new HashMap<>();

  private final List<String> read = new ArrayList<>();

  @BeforeEach
  void keysAreBytes() {
    source = new FakeSource(KeyModel.BYTES);
    sink = new FakeSink(KeyModel.BYTES);
    scope = MirrorScope.of("/conf/");
    for (int i = 0; i < KEYS; i++) {
      source.put(key(i), "first");
    }
    source.onReading(after -> {
      String name = after == null ? "" : after.utf8();
      Runnable action;
      synchronized (script) {
        read.add(name);
        action = script.remove(name);
      }
      if (action != null) {
        action.run();
      }
    });
  }

  static String key(int number) {
    return "/conf/%03d".formatted(number);
  }

  /** Runs when the entry of this number was read, and the next one is about to be. */
  void behind(int number, Runnable action) {
    synchronized (script) {
      script.put(key(number), action);
    }
  }

  int timesRead(int number) {
    synchronized (script) {
      return (int) read.stream().filter(key(number)::equals).count();
    }
  }

  void awaitLevel(EtcdMirror mirror) throws Exception {
    awaitState(mirror, MirrorState.FOLLOWING);
    level(mirror);
    assertThat(sink.values()).isEqualTo(source.values());
  }

  /** The values of a key in the order in which the sink had them; null for a delete. */
  List<String> past(int number) {
    List<String> past = new ArrayList<>();
    for (MirrorEvent event : sink.events()) {
      if (event.key().equals(Bytes.utf8(key(number)))) {
        past.add(event instanceof MirrorEvent.Put put ? put.value().utf8() : "gone");
      }
    }
    return past;
  }

  /** Expires each snapshot once, behind the key of this number. */
  void expireEachSnapshotBehind(int number, String changed) {
    Set<Integer> snapshots = new HashSet<>();
    source.onReading(after -> {
      if (Bytes.utf8(key(number)).equals(after) && snapshots.add(source.faults.calls("snapshot"))) {
        source.put(changed, "again");
        source.expireSnapshots();
      }
    });
  }
}

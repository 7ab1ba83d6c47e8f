package org.etcdmirror.file;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;

/** Random batches of few keys, so that these often meet: as values, as directories, as trees. */
final class RandomBatches {

  private static final String[] SEGMENTS = {"a", "a-b", "b", "a.c"};

  private final Random random;
  private final KeyModel keyModel;
  private long index;

  RandomBatches(Random random, KeyModel keyModel) {
    this.random = random;
    this.keyModel = keyModel;
  }

  /** A batch at the next index. No key comes twice in it. */
  EventBatch next() {
    index++;
    List<MirrorEvent> events = new ArrayList<>();
    Set<Bytes> keys = new HashSet<>();
    for (int left = 1 + random.nextInt(4); left > 0; left--) {
      Bytes key = key();
      if (keys.add(key)) {
        events.add(event(key));
      }
    }
    return EventBatch.of(events, index, index);
  }

  private Bytes key() {
    StringBuilder key = new StringBuilder("/p");
    for (int depth = 1 + random.nextInt(3); depth > 0; depth--) {
      key.append('/').append(SEGMENTS[random.nextInt(SEGMENTS.length)]);
    }
    return Bytes.utf8(key.toString());
  }

  private MirrorEvent event(Bytes key) {
    int kind = random.nextInt(10);
    if (kind < 5) {
      return new MirrorEvent.Put(key, Bytes.utf8("value " + random.nextInt(100)), index, null);
    } else if (kind < 8) {
      return new MirrorEvent.Delete(key, index);
    } else if (kind == 8 && keyModel == KeyModel.PATHS) {
      return new MirrorEvent.MakeDirectory(key, index, null);
    }
    return new MirrorEvent.DeleteTree(key, index);
  }
}

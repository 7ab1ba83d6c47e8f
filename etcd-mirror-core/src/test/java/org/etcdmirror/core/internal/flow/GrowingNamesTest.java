package org.etcdmirror.core.internal.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GrowingNamesTest {

  private final GrowingNames names =
      new GrowingNames(
          new KeyMapper(
              MirrorScope.builder().prefix("/b/").build(),
              KeyModel.BYTES,
              KeyModel.BYTES,
              ExpiryPolicy.FOLLOW_SOURCE));

  private @Nullable Bytes batch(String... keys) {
    List<MirrorEvent> events = new ArrayList<>();
    for (String key : keys) {
      events.add(new Put(Bytes.utf8(key), Bytes.utf8("v"), 1, null));
    }
    return names.grown(EventBatch.of(events, 1, 1));
  }

  @Test
  void growthOfManyKeysIsDetected() {
    Bytes found = null;
    int rounds = 0;
    for (; found == null && rounds < 60; rounds++) {
      String[] keys = new String[500];
      for (int i = 0; i < keys.length; i++) {
        keys[i] = "/b/" + "ns/".repeat(rounds) + "key" + i;
      }
      found = batch(keys);
    }
    assertThat(found).isNotNull();
    assertThat(rounds).isLessThan(40);
  }

  @Test
  void growthWithinOneBatchIsIgnored() {
    String[] keys = new String[60];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = "/b/" + "ns/".repeat(i) + "k";
    }
    assertThat(batch(keys)).isNull();
  }

  @Test
  void growthByChangingTextIsIgnored() {
    String name = "k";
    for (int i = 10; i < 90; i++) {
      assertThat(batch("/b/" + name)).isNull();
      name = i + "/" + name;
    }
  }

  @Test
  void repeatedNameIsIgnored() {
    for (int i = 0; i < 100; i++) {
      assertThat(batch("/b/k", "/b/b/k")).isNull();
    }
  }
}

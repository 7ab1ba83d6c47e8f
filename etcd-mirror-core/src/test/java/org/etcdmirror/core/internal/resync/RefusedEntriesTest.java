package org.etcdmirror.core.internal.resync;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.junit.jupiter.api.Test;

/** What the sink refused is reported, and a value above it is remembered, until that is over. */
class RefusedEntriesTest {

  private static final int REMEMBERED = 10_000;

  private final RefusedEntries refused = new RefusedEntries();

  private static Bytes key(String key) {
    return Bytes.utf8(key);
  }

  private static Refusal below(String key, String above) {
    return new Refusal(key(key), "in the way", key(above));
  }

  @Test
  void valueAboveARefusedEntryIsAShadow() {
    refused.add(List.of(below("/a/b", "/a"), new Refusal(key("/x"), "too large")));
    assertThat(refused.count()).isEqualTo(2);
    assertThat(refused.shadows()).containsExactly(key("/a"));
  }

  @Test
  void valueBelowARefusedEntryIsNoShadow() {
    refused.add(List.of(below("/a", "/a/b")));
    assertThat(refused.shadows()).isEmpty();
  }

  @Test
  void refusedEventsAreNoEntriesButTheirShadowsCount() {
    refused.addOfEvents(List.of(below("/a/b", "/a")));
    assertThat(refused.count()).isZero();
    assertThat(refused.all()).isEmpty();
    assertThat(refused.shadows()).containsExactly(key("/a"));
  }

  @Test
  void entryThatChangedIsNoLongerRefused() {
    refused.add(List.of(below("/a/b", "/a")));
    refused.happened(new Delete(key("/other"), 9));
    assertThat(refused.count()).isEqualTo(1);
    refused.happened(new Delete(key("/a/b"), 9));
    assertThat(refused.count()).isZero();
    assertThat(refused.all()).isEmpty();
    assertThat(refused.shadows()).isEmpty();
  }

  @Test
  void prolongedEntryStaysRefused() {
    refused.add(List.of(below("/a/b", "/a")));
    refused.happened(new Refresh(key("/a/b"), 9, Expiry.in(Duration.ofHours(1)), null));
    assertThat(refused.count()).isEqualTo(1);
  }

  @Test
  void allAreCountedButNotAllAreRemembered() {
    refused.add(
        IntStream.rangeClosed(0, REMEMBERED)
            .mapToObj(i -> new Refusal(key("/" + i), "too large"))
            .toList());
    assertThat(refused.count()).isEqualTo(REMEMBERED + 1);
    assertThat(refused.all()).hasSize(REMEMBERED);
  }
}

package org.etcdmirror.v3.internal.read;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.KeyValue;
import org.junit.jupiter.api.Test;

class PageBoundsTest {

  private final PageBounds bounds = new PageBounds();

  private static ByteString key(String key) {
    return ByteString.copyFromUtf8(key);
  }

  private static KeyRange range(String from, String end) {
    return new KeyRange(key(from), key(end));
  }

  /** A page of so many keys. */
  private static List<KeyValue> page(int count, String first, String last) {
    List<KeyValue> page = new ArrayList<>();
    for (int i = 0; i < count - 1; i++) {
      page.add(KeyValue.newBuilder().setKey(key(first)).build());
    }
    page.add(KeyValue.newBuilder().setKey(key(last)).build());
    return page;
  }

  @Test
  void firstPageHasNoBound() {
    assertThat(bounds.next(range("/a/", "/a0"))).isEqualTo(range("/a/", "/a0"));
    KeyRange all = KeyRange.of(Bytes.EMPTY);
    assertThat(bounds.next(all)).isEqualTo(all);
  }

  @Test
  void nextPageEndsWithThePrefixThatTheLastOneHadInCommon() {
    bounds.full(page(4096, "/a/000000", "/a/004095"));
    assertThat(bounds.next(range("/a/004095\0", "/a0"))).isEqualTo(range("/a/004095\0", "/a/01"));
    assertThat(bounds.next(range("/a/01", "/a0"))).isEqualTo(range("/a/01", "/a/02"));
    assertThat(bounds.next(range("/b/", "/b0"))).as("a shorter key").isEqualTo(range("/b/", "/b0"));
  }

  @Test
  void boundMovesAwayWhileFewKeysAreFound() {
    bounds.full(page(4096, "/a/0000001", "/a/0000002"));
    bounds.tooNarrow();
    assertThat(bounds.next(range("/a/0000003", "/a0"))).isEqualTo(range("/a/0000003", "/a/00001"));
    bounds.tooNarrow();
    assertThat(bounds.next(range("/a/0000003", "/a0"))).isEqualTo(range("/a/0000003", "/a/001"));
    bounds.tooNarrow();
    assertThat(bounds.next(range("/a/0000003", "/a0"))).isEqualTo(range("/a/0000003", "/a0"));
  }

  @Test
  void smallPageHasNoBound() {
    bounds.full(page(4096, "/a/1", "/a/2"));
    bounds.full(page(2, "/a/31", "/a/32"));
    assertThat(bounds.next(range("/a/32\0", "/a0"))).isEqualTo(range("/a/32\0", "/a0"));
  }

  @Test
  void prefixOfLargestBytesHasNoBound() {
    ByteString largest = ByteString.copyFrom(new byte[] {-1, -1});
    bounds.full(
        List.copyOf(Collections.nCopies(300, KeyValue.newBuilder().setKey(largest).build())));
    KeyRange rest = new KeyRange(KeyRange.after(largest), KeyRange.TO_THE_END);
    assertThat(bounds.next(rest)).isEqualTo(rest);
  }
}

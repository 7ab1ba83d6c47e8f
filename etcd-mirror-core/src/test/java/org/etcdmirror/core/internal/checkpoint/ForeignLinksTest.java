package org.etcdmirror.core.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.stream.IntStream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.StoredLink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForeignLinksTest {

  private final ForeignLinks links = new ForeignLinks();

  private static StoredLink link(String key, long index) {
    return new StoredLink(
        Bytes.utf8(key), new Checkpoint(index, "cluster-1", "scope", Instant.EPOCH));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/__replication/a", "/__replication/with blank", "two\nlines", "0x1"})
  void foreignLinksNoteRoundTrips(String key) {
    links.add(link(key, 7));
    links.add(link("/__replication/other", 9));
    ForeignLinks read = new ForeignLinks();
    read.resume(links.note());
    assertThat(read.contains(link(key, 7))).isTrue();
    assertThat(read.contains(link(key, 6))).isFalse();
    assertThat(read.contains(link("/__replication/third", 7))).isFalse();
    assertThat(read.note()).isEqualTo(links.note());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "7", "7 ", " /a", "x /a", "7 0xgg", "99999999999999999999 /a"})
  void unreadableNoteYieldsNoLinks(String note) {
    links.add(link("/__replication/a", 7));
    links.resume(note);
    assertThat(links.note()).isNull();
  }

  @Test
  void foreignLinksNoteIsBounded() {
    IntStream.range(0, 100).forEach(i -> links.add(link("/__replication/" + i, 7)));
    links.add(link("/" + "x".repeat(1_000), 7));
    assertThat(links.note()).hasLineCount(ForeignLinks.MOST);
  }

  @Test
  void longNoteIsReadPartially() {
    links.resume("7 /a\n".repeat(5) + "8 /b\n".repeat(10_000));
    assertThat(links.note()).isEqualTo("7 /a\n8 /b");
    links.resume("7 /" + "x".repeat(1_000_000));
    assertThat(links.note()).isNull();
  }
}

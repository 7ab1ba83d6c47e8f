package org.etcdmirror.v3.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.IndexDisprovedException;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.ResponseHeader;
import org.etcdmirror.v3.rpc.WatchResponse;
import org.junit.jupiter.api.Test;

/** Revisions that a server cut into fragments are handed on whole. */
class WholeRevisionsTest {

  private final WholeRevisions revisions = new WholeRevisions(() -> "a watch", 10);
  private long index = 10;

  private void piece(boolean more, long... each) throws IndexDisprovedException {
    WatchResponse.Builder piece = WatchResponse.newBuilder().setFragment(more);
    for (long revision : each) {
      piece.addEvents(Event.newBuilder().setKv(KeyValue.newBuilder().setModRevision(revision)));
    }
    assertThat(revisions.take(piece.build(), index)).isEqualTo(index);
  }

  private List<Long> whole() {
    List<Long> whole = new ArrayList<>();
    for (Event next = revisions.ready().peek(); next != null; next = revisions.ready().peek()) {
      whole.add(next.getKv().getModRevision());
      revisions.ready().remove();
    }
    return whole;
  }

  @Test
  void revisionIsHandedOnWhenLaterOneBegins() throws Exception {
    piece(true, 11, 12, 12);
    assertThat(whole()).containsExactly(11L);
    assertThat(revisions.inAnswer()).isTrue();
    piece(true, 12, 12);
    assertThat(whole()).isEmpty();
    piece(true, 13);
    assertThat(whole()).containsExactly(12L, 12L, 12L, 12L);
    piece(false, 14);
    assertThat(whole()).containsExactly(13L, 14L);
    assertThat(revisions.inAnswer()).isFalse();
  }

  @Test
  void revisionCompletedByLastFragmentIsHandedOn() throws Exception {
    piece(true, 11);
    piece(false, 11);
    assertThat(whole()).containsExactly(11L, 11L);
  }

  @Test
  void repeatedRevisionsAreDropped() throws Exception {
    piece(false, 9, 10, 11);
    assertThat(whole()).containsExactly(11L);
    piece(false, 10, 11, 12);
    assertThat(whole()).containsExactly(12L);
  }

  private void progress(long revision) throws IndexDisprovedException {
    ResponseHeader header = ResponseHeader.newBuilder().setRevision(revision).build();
    index = revisions.take(WatchResponse.newBuilder().setHeader(header).build(), index);
    assertThat(index).isEqualTo(revision);
  }

  private void assertDisproved(long revision) {
    assertThatThrownBy(() -> piece(false, revision)).isInstanceOf(IndexDisprovedException.class);
  }

  @Test
  void eventOlderThanReportedProgressDisprovesIndex() throws Exception {
    progress(20);
    assertDisproved(15);
  }

  @Test
  void missedEventDisprovesIndexEvenAfterLaterEvents() throws Exception {
    piece(false, 11, 14);
    progress(20);
    piece(false, 25);
    assertThat(whole()).containsExactly(11L, 14L, 25L);
    assertDisproved(12);
    assertDisproved(18);
  }

  @Test
  void repeatedEventsDoNotDisproveIndex() throws Exception {
    piece(false, 11, 14);
    progress(20);
    piece(false, 25);
    piece(false, 11, 14, 25);
    piece(false, 3, 10);
    assertThat(whole()).containsExactly(11L, 14L, 25L);
  }

  @Test
  void eventPassedByQuietProofDoesNotDisproveIndex() throws Exception {
    index = 20;
    piece(false, 25);
    piece(false, 15);
    assertThat(whole()).containsExactly(25L);
  }

  @Test
  void eventTooOldToBeRememberedDoesNotDisproveIndex() throws Exception {
    for (long revision = 100; revision < 5_100; revision++) {
      piece(false, 2 * revision);
    }
    piece(false, 201);
    assertDisproved(10_001);
  }

  @Test
  void newestRevisionThatTheWatchReportedIsKnown() throws Exception {
    assertThat(revisions.told()).isEqualTo(10);
    piece(false, 11, 14);
    assertThat(revisions.told()).isEqualTo(14);
    progress(20);
    assertThat(revisions.told()).isEqualTo(20);
  }
}

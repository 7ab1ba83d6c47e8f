package org.etcdmirror.v3.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.IOException;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.ResponseHeader;
import org.etcdmirror.v3.rpc.WatchResponse;
import org.junit.jupiter.api.Test;

/** An answer that no etcd gives ends the watch, and changes nothing. */
class WatchAnswerCheckTest {

  private static final String NONE = "no flaw";

  private static final long IMPOSSIBLE = (1L << 53) + 1;

  private final WatchAnswerCheck check =
      new WatchAnswerCheck(KeyRange.of(Bytes.utf8("/conf/")), true);

  private static WatchResponse.Builder answer(long revision) {
    return WatchResponse.newBuilder().setHeader(ResponseHeader.newBuilder().setRevision(revision));
  }

  private static Event event(String key, long revision) {
    KeyValue kv =
        KeyValue.newBuilder().setKey(ByteString.copyFromUtf8(key)).setModRevision(revision).build();
    return Event.newBuilder().setKv(kv).build();
  }

  private String flaw(WatchResponse.Builder answer) {
    String flaw = check.flaw(answer.build());
    return flaw == null ? NONE : flaw;
  }

  @Test
  void eventsInOrderHaveNoFlaw() {
    assertThat(flaw(answer(9).addEvents(event("/conf/a", 5)).addEvents(event("/conf/b", 9))))
        .isEqualTo(NONE);
    assertThat(flaw(answer(9).addEvents(event("/conf/a", 5)).addEvents(event("/conf/b", 5))))
        .as("one revision, sent again")
        .isEqualTo(NONE);
  }

  @Test
  void headerRevisionMustBePossible() {
    assertThat(flaw(answer(-1))).contains("header revision is -1");
    assertThat(flaw(answer(IMPOSSIBLE))).contains("impossible");
    assertThat(flaw(answer(IMPOSSIBLE - 1))).isEqualTo(NONE);
    assertThat(flaw(answer(0))).as("a proxy made it up").isEqualTo(NONE);
    assertThat(flaw(answer(0).addEvents(event("/conf/a", 5)))).contains("header revision is 0");
  }

  @Test
  void compactedRevisionMustBePossible() {
    assertThat(flaw(answer(9).setCompactRevision(-1))).contains("compacted revision");
    assertThat(flaw(answer(9).setCompactRevision(IMPOSSIBLE))).contains("compacted revision");
    assertThat(flaw(answer(9).setCompactRevision(5))).isEqualTo(NONE);
  }

  @Test
  void watchIsCreatedOnce() {
    assertThat(flaw(answer(9).setCreated(true))).isEqualTo(NONE);
    assertThat(flaw(answer(9))).isEqualTo(NONE);
    assertThat(flaw(answer(9).setCreated(true))).contains("created the watch twice");
  }

  @Test
  void eventMustHaveBeenAskedFor() {
    assertThat(flaw(answer(9).addEvents(event("/other", 5)))).contains("was not requested");
  }

  @Test
  void watchOfOneKeyDeliversThatKey() {
    WatchAnswerCheck single =
        new WatchAnswerCheck(KeyRange.single(ByteString.copyFromUtf8("/conf/a")), true);
    assertThat(single.flaw(answer(9).addEvents(event("/conf/a", 5)).build())).isNull();
    assertThat(single.flaw(answer(9).addEvents(event("/conf/b", 6)).build())).isNotNull();
  }

  @Test
  void eventMustNotBeNewerThanTheServer() {
    assertThat(flaw(answer(9).addEvents(event("/conf/a", 10)))).contains("impossible mod revision");
    assertThat(flaw(answer(9).addEvents(event("/conf/a", 0)))).contains("impossible mod revision");
  }

  @Test
  void eventsOfOneAnswerMustNotGoBack() {
    assertThat(flaw(answer(9).addEvents(event("/conf/a", 6)).addEvents(event("/conf/b", 5))))
        .contains("at revision 5 after revision 6");
  }

  @Test
  void eventsOfTheNextPieceMustNotGoBack() {
    assertThat(flaw(answer(9).setFragment(true).addEvents(event("/conf/a", 6)))).isEqualTo(NONE);
    assertThat(flaw(answer(9).setFragment(true).addEvents(event("/conf/a", 7)))).isEqualTo(NONE);
    assertThat(flaw(answer(9).addEvents(event("/conf/b", 6))))
        .contains("at revision 6 after revision 7");
  }

  @Test
  void nextAnswerMayRepeatOlderEvents() {
    assertThat(flaw(answer(9).addEvents(event("/conf/a", 6)))).isEqualTo(NONE);
    assertThat(flaw(answer(9).addEvents(event("/conf/b", 5)))).isEqualTo(NONE);
  }

  @Test
  void answersThatBringNothingEndTheWatch() throws Exception {
    WatchResponse same = answer(9).build();
    check.came("a watch", same);
    for (int i = 0; i < 50; i++) {
      check.came("a watch", same);
    }
    // Later than this the row would begin anew, on a machine that stood still.
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 1000; i++) {
                check.came("a watch", same);
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a watch at revision 9 brought nothing");
  }

  @Test
  void answersThatBringSomethingAreNotCounted() throws Exception {
    for (int i = 1; i <= 200; i++) {
      check.came("a watch", answer(i).build());
      check.came("a watch", answer(1).addEvents(event("/conf/a", 1)).build());
      check.came("a watch", answer(1).setCanceled(true).build());
    }
  }

  @Test
  void answerThatBringsSomethingBeginsTheCountAnew() throws Exception {
    for (int i = 1; i <= 5; i++) {
      check.came("a watch", answer(i).build());
      for (int again = 0; again < 40; again++) {
        check.came("a watch", answer(i).build());
      }
    }
  }
}

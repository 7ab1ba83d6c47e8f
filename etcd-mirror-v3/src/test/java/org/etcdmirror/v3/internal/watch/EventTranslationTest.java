package org.etcdmirror.v3.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.OwnKeys;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.read.LeaseTimes;
import org.etcdmirror.v3.internal.read.LeaseTimes.Ending;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.Event.EventType;
import org.etcdmirror.v3.rpc.KeyValue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What etcd delivers becomes the events of the selection, and no others. */
class EventTranslationTest {

  private static final Selection ONE = Selection.of(Bytes.utf8("/conf/"));
  private static final Selection TWO = Selection.of(Bytes.utf8("/a/"), Bytes.utf8("/c/"));

  private static Event event(EventType type, String key, long revision, long lease) {
    KeyValue kv =
        KeyValue.newBuilder()
            .setKey(ByteString.copyFromUtf8(key))
            .setValue(ByteString.copyFromUtf8("v"))
            .setModRevision(revision)
            .setLease(lease)
            .build();
    return Event.newBuilder().setType(type).setKv(kv).build();
  }

  private static Event put(String key, long revision) {
    return event(EventType.PUT, key, revision, 0);
  }

  private static List<MirrorEvent> translate(
      Selection selection, @Nullable LeaseWatch leases, Event... events) throws Exception {
    return new EventTranslation(selection, leases).of(List.of(events));
  }

  private static List<String> keys(List<MirrorEvent> events) {
    return events.stream().map(event -> event.key().toString()).toList();
  }

  @Test
  void putsAndDeletesKeepTheirOrderAndRevisions() throws Exception {
    assertThat(
            translate(
                ONE,
                null,
                put("/conf/a", 5),
                event(EventType.DELETE, "/conf/b", 5, 0),
                put("/conf/a", 6)))
        .containsExactly(
            new Put(Bytes.utf8("/conf/a"), Bytes.utf8("v"), 5, null),
            new Delete(Bytes.utf8("/conf/b"), 5),
            new Put(Bytes.utf8("/conf/a"), Bytes.utf8("v"), 6, null));
  }

  @Test
  void watchOverSeveralPrefixesBringsOthersThatAreLeftOut() throws Exception {
    assertThat(keys(translate(TWO, null, put("/a/1", 5), put("/b/1", 6), put("/c/1", 7))))
        .containsExactly("/a/1", "/c/1");
  }

  @Test
  void whatMirrorsRememberIsNoData() throws Exception {
    Selection everything = Selection.of(Bytes.EMPTY);
    assertThat(
            keys(
                translate(
                    everything,
                    null,
                    put(OwnKeys.TREE, 5),
                    put(OwnKeys.TREE + "/link", 6),
                    put(OwnKeys.TREE + "-of-others", 7))))
        .containsExactly(OwnKeys.TREE + "-of-others");
  }

  @Test
  void keyOnALeaseExpiresAtAnUnknownTimeWhereTimesAreNotRead() throws Exception {
    assertThat(translate(ONE, null, event(EventType.PUT, "/conf/a", 5, 77)))
        .containsExactly(new Put(Bytes.utf8("/conf/a"), Bytes.utf8("v"), 5, Expiry.UNTOLD, null));
  }

  @Test
  void keyOnALeaseExpiresWithItWhereTimesAreRead() throws Exception {
    Lease lease = new Lease(77, Duration.ofHours(1));
    Expiry end = Expiry.in(Duration.ofMinutes(50));
    // No call is made: the ending is known already.
    try (V3Client client = V3Client.connect(List.of("http://127.0.0.1:1"), Access.ANONYMOUS)) {
      LeaseTimes times = new LeaseTimes(client);
      times.note(new Ending(lease, end, false, System.nanoTime()));
      LeaseWatch leases = new LeaseWatch(times, () -> {});
      assertThat(translate(ONE, leases, event(EventType.PUT, "/conf/a", 5, 77), put("/conf/b", 6)))
          .containsExactly(
              new Put(Bytes.utf8("/conf/a"), Bytes.utf8("v"), 5, end, lease),
              new Put(Bytes.utf8("/conf/b"), Bytes.utf8("v"), 6, null, null));
      assertThat(leases.nanosUntilDue()).as("the lease is followed").isLessThan(Long.MAX_VALUE);
    }
  }
}

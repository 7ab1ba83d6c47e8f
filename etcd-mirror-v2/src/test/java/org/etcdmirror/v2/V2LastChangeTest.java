package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.api.Anchor.Check.BROKEN;
import static org.etcdmirror.api.Anchor.Check.HOLDS;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.LastChange;
import org.etcdmirror.api.Selection;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The last change of a selection is compared with the values that a quorum read tells. */
@Timeout(600)
@EtcdTest
class V2LastChangeTest {

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private static EtcdServer etcd;
  private static V2Http http;

  private final String prefix = "/last" + NUMBER.incrementAndGet();
  private final Selection selection = Selection.of(Bytes.utf8(prefix));
  private V2Source source;

  @BeforeAll
  static void startEtcd(EtcdServer server) {
    etcd = server;
    http = new V2Http(etcd.clientUrl());
  }

  @BeforeEach
  void open() {
    source = V2Source.of(etcd.clientUrl().toString());
  }

  @AfterEach
  void close() {
    source.close();
  }

  private long put(String path) {
    return http.put(path, "1").modifiedIndex();
  }

  @Test
  void putInQuietTimeShowsAnotherHistory() throws Exception {
    long put = put(prefix + "/dir/a");
    long since = put(prefix + "/dir/b");
    long through = put("/elsewhere");
    assertThat(source.check(selection, new LastChange(put, put, through))).isEqualTo(BROKEN);
    assertThat(source.check(selection, new LastChange(since, since, through))).isEqualTo(HOLDS);
  }

  @Test
  void laterChangesAndDeletesHold() throws Exception {
    long put = put(prefix + "/dir/a");
    put(prefix + "/dir/b");
    http.delete(prefix + "/dir/b", "recursive=true");
    LastChange last = new LastChange(put, put, put("/elsewhere"));
    put(prefix + "/dir/c");
    assertThat(source.check(selection, last)).isEqualTo(HOLDS);
  }

  @Test
  void valueThatTheLastChangeDeletedShowsAnotherHistory() throws Exception {
    put(prefix + "/dir/a");
    http.put(prefix + "/dir/expires", Map.of("value", "1", "ttl", "900"));
    long put = put(prefix + "/dirt");
    long through = put("/elsewhere");
    for (String deleted : new String[] {"/dir", "/dir/a", "/dir/expires"}) {
      Bytes key = Bytes.utf8(prefix + deleted);
      assertThat(source.check(selection, new LastChange(put, put, through, key)))
          .as(deleted)
          .isEqualTo(BROKEN);
    }
    for (String deleted : new String[] {"/di", "/dir/b", "/other"}) {
      Bytes key = Bytes.utf8(prefix + deleted);
      assertThat(source.check(selection, new LastChange(put, put, through, key)))
          .as(deleted)
          .isEqualTo(HOLDS);
    }
  }

  @Test
  void deletedTreeThatIsMadeAgainHolds() throws Exception {
    put(prefix + "/dir/a");
    long deleted = http.delete(prefix + "/dir", "recursive=true").modifiedIndex();
    put(prefix + "/dir/_hidden");
    LastChange last = new LastChange(0, deleted, put("/elsewhere"), Bytes.utf8(prefix + "/dir"));
    assertThat(source.check(selection, last)).as("only a hidden key").isEqualTo(HOLDS);
    put(prefix + "/dir/a");
    assertThat(source.check(selection, last)).as("the same key").isEqualTo(HOLDS);
  }

  @Test
  void refreshedKeyAndDirectoryHold() throws Exception {
    long put = http.put(prefix + "/dir/a", Map.of("value", "1", "ttl", "900")).modifiedIndex();
    http.put(prefix + "/dir/a", Map.of("ttl", "900", "refresh", "true", "prevExist", "true"));
    LastChange last = new LastChange(put, put, put("/elsewhere"));
    assertThat(source.check(selection, last)).isEqualTo(HOLDS);
  }

  @Test
  void missingSelectionHolds() throws Exception {
    assertThat(source.check(selection, new LastChange(0, 0, put("/elsewhere")))).isEqualTo(HOLDS);
  }
}

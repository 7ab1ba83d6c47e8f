package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.internal.client.V3Problem;
import org.etcdmirror.v3.internal.watch.V3EventStream;
import org.etcdmirror.v3.internal.watch.WatchOpening;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class WatchFailuresTest {

  private static final Selection ALL = Selection.of(Bytes.utf8("/"));

  private static EtcdServer start() {
    return EtcdServer.builder().enableV2(false).start();
  }

  @Test
  void brokenWatchNamesItsMemberAndNextWatchUsesAnother() throws Exception {
    try (EtcdServer etcd = start();
        FaultProxy proxy = FaultProxy.to(etcd.clientUrl());
        V3Client client = WarmClient.connect(proxy.url(), etcd.clientUrl())) {
      long known;
      try (V3EventStream stream = WatchOpening.open(client, ALL, Start.now())) {
        known = stream.startIndex();
        proxy.refuse(true);
        proxy.cutAll();
        V3ErrorException broken =
            catchThrowableOfType(V3ErrorException.class, () -> stream.poll(PATIENCE));
        assertThat(broken.problem()).isEqualTo(V3Problem.MEMBER_FAILED);
        assertThat(broken)
            .hasMessageContaining("watch failed")
            .hasMessageContaining(proxy.url().toString());
      }
      try (V3EventStream stream = WatchOpening.open(client, ALL, Start.after(known))) {
        long put = new V3Http(etcd.clientUrl()).put("/a", "1");
        assertThat(stream.poll(PATIENCE).index()).isEqualTo(put);
      }
    }
  }

  @Test
  void watchMovesAwayFromMemberThatIsBehind() throws Exception {
    try (EtcdServer behind = start();
        EtcdServer ahead = start();
        V3Client client = WarmClient.connect(behind.clientUrl(), ahead.clientUrl())) {
      V3Http http = new V3Http(ahead.clientUrl());
      for (int i = 0; i < 10; i++) {
        http.put("/a", "" + i);
      }
      long known = http.revision();
      assertThatThrownBy(() -> WatchOpening.open(client, ALL, Start.after(known)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("behind " + known);
      WatchOpening.open(client, ALL, Start.after(known)).close();
    }
  }

  @Test
  void compactedStartErrorReportsRemainingHistory() throws Exception {
    try (EtcdServer etcd = start();
        V3Client client = WarmClient.connect(etcd.clientUrl())) {
      V3Http http = new V3Http(etcd.clientUrl());
      long known = http.put("/a", "1");
      http.put("/a", "2");
      long compacted = http.put("/a", "3");
      http.compact(compacted);
      HistoryClearedException cleared =
          catchThrowableOfType(
              HistoryClearedException.class,
              () -> {
                try (V3EventStream stream = WatchOpening.open(client, ALL, Start.after(known))) {
                  stream.poll(PATIENCE);
                }
              });
      assertThat(cleared.requested()).isEqualTo(known + 1);
      assertThat(cleared.oldest()).isEqualTo(compacted + 1);
      assertThat(cleared.current()).isEqualTo(compacted);
    }
  }

  @Test
  void aDeleteAtTheCompactedRevisionIsNotLost() throws Exception {
    try (EtcdServer etcd = start();
        V3Client client = WarmClient.connect(etcd.clientUrl())) {
      V3Http http = new V3Http(etcd.clientUrl());
      long known = http.put("/a", "1");
      long deleted = http.delete("/a");
      http.compact(deleted);
      assertThatThrownBy(
              () -> {
                try (V3EventStream stream = WatchOpening.open(client, ALL, Start.after(known))) {
                  stream.poll(PATIENCE);
                }
              })
          .isInstanceOf(HistoryClearedException.class);
      try (V3EventStream stream = WatchOpening.open(client, ALL, Start.after(deleted))) {
        long put = http.put("/b", "1");
        EventBatch batch = stream.poll(PATIENCE);
        assertThat(batch.index()).isEqualTo(put);
        assertThat(batch.events()).hasSize(1);
      }
    }
  }
}

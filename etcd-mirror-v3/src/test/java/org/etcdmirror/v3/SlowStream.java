package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.v3.internal.client.ServerVersion;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.watch.V3EventStream;
import org.etcdmirror.v3.internal.watch.WatchOpening;

/** A server, and a watch stream on it that reads only when told to. */
final class SlowStream implements AutoCloseable {

  private static final Selection CONF = Selection.of(Bytes.utf8(V3Mirroring.PREFIX));

  final EtcdServer etcd;
  final V3Http http;
  final V3Client client;
  final HeldBackWatch held;
  final V3EventStream stream;
  final List<Long> indexes = new ArrayList<>();
  long index;

  SlowStream(EtcdBinary binary) throws Exception {
    etcd = EtcdServer.builder().binary(binary).enableV2(false).start();
    http = new V3Http(etcd.clientUrl());
    client = WarmClient.connect(etcd.clientUrl());
    held = new HeldBackWatch(etcd.clientUrl());
    stream = WatchOpening.open(client, CONF, Start.now());
    index = stream.startIndex();
  }

  void poll() throws IOException, LostEventsException, InterruptedException {
    EventBatch batch = stream.poll(Duration.ofSeconds(5));
    assertThat(batch.index()).isGreaterThanOrEqualTo(index);
    index = batch.index();
    batch.events().forEach(event -> indexes.add(event.index()));
  }

  /** Takes one response after another until the server resumes the watch, or cancels it. */
  void release() throws IOException, LostEventsException, InterruptedException {
    while (!held.isReleased()) {
      poll();
    }
  }

  void pollTo(long last) throws IOException, LostEventsException, InterruptedException {
    while (index < last) {
      poll();
    }
  }

  boolean serverHidesLosses() {
    return !ServerVersion.parse(etcd.version()).answersProgressRequests();
  }

  @Override
  public void close() {
    stream.close();
    held.close();
    client.close();
    etcd.close();
  }
}

package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.v3.LateProxy.Fate.LATE;
import static org.etcdmirror.v3.V3SinkServer.batch;
import static org.etcdmirror.v3.V3SinkServer.delete;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.api.SinkRolledBackException;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sink's server is restored from an older copy while the sink is open. */
final class V3SinkRestoredTest extends LateFixture {

  private final Path copy;
  private V3SinkServer own;

  V3SinkRestoredTest(@TempDir Path directory) {
    this.copy = directory.resolve("copy");
  }

  @BeforeEach
  void startProxyForDedicatedServer() {
    proxy.close();
    own = V3SinkServer.start();
    proxy = new LateProxy(own.etcd.clientUrl());
  }

  @AfterEach
  void end() {
    own.close();
  }

  private Path data() {
    return own.etcd.log().resolveSibling("data");
  }

  private void copy(Path from, Path to) throws IOException {
    EtcdServer etcd = own.etcd;
    etcd.stop();
    if (Files.exists(to)) {
      for (Path path : all(to).stream().sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
    for (Path path : all(from)) {
      Files.copy(path, to.resolve(from.relativize(path)));
    }
    etcd.restart();
  }

  private static List<Path> all(Path root) throws IOException {
    try (Stream<Path> tree = Files.walk(root)) {
      return tree.sorted().toList();
    }
  }

  /** As soon as the server answers again. */
  private static void assertRolledBack(V3Sink sink) {
    assertThatThrownBy(() -> V3SinkServer.persist(sink::confirm))
        .satisfiesAnyOf(
            failure -> assertThat(failure).isInstanceOf(SinkRolledBackException.class),
            failure -> assertThat(failure).hasRootCauseInstanceOf(SinkRolledBackException.class));
  }

  /** The revision is reused after the restore, so a comparison of it would hold. */
  @Test
  void lateWriteFromBeforeRestoreDoesNotPassAtReusedRevision() throws Exception {
    V3Sink sink = sinkAt(1);
    sink.apply(value("before"));
    copy(data(), copy);
    V3SinkServer.persist(() -> sink.save(at(2)));
    long compared = own.get("/__replication/" + link).getModRevision();
    proxy.nextTxns(LATE);
    fails(sink, value("old"));
    copy(copy, data());
    assertRolledBack(sink);
    sink.load();
    sink.save(at(2));
    assertThat(own.get("/__replication/" + link).getModRevision()).isEqualTo(compared);
    proxy.release();
    assertThat(own.value(prefix + "k")).isEqualTo("before");
  }

  /** Two mirrors on a sink that was put back: the newcomer's text has the older one's revision. */
  @Test
  void newcomerAtReusedRevisionFencesTheOlderMirror() throws Exception {
    V3Sink older = sinkAt(1);
    copy(data(), copy);
    V3SinkServer.persist(() -> older.save(at(2)));
    long known = own.get("/__replication/" + link).getModRevision();
    copy(copy, data());
    V3Sink newcomer = sink();
    V3SinkServer.persist(newcomer::load);
    newcomer.save(at(3));
    assertThat(own.get("/__replication/" + link).getModRevision()).isEqualTo(known);
    assertThatThrownBy(() -> V3SinkServer.apply(older, value("of the older one")))
        .hasStackTraceContaining("another program wrote the index of link");
    assertThat(own.count(prefix)).isZero();
    newcomer.confirm();
  }

  /** The checkpoint is unchanged, as at the end of a resync, and others have written since. */
  @Test
  void checkpointDoesNotClaimWhatARestoreTookAway() throws Exception {
    V3Sink sink = sinkAt(1);
    V3SinkServer.apply(sink, value("1"));
    copy(data(), copy);
    V3SinkServer.apply(sink, value("2"));
    copy(copy, data());
    for (int i = 0; i < 5; i++) {
      new V3Http(own.etcd.clientUrl()).put("/others", "filler");
    }
    String before = own.value("/__replication/" + link);
    assertThatThrownBy(() -> V3SinkServer.persist(() -> sink.save(at(2))))
        .hasStackTraceContaining("it no longer holds the put of '" + prefix + "k'");
    assertThat(own.value("/__replication/" + link)).isEqualTo(before);
  }

  @Test
  void keyThatAnotherClientDeletedIsNoRestore() throws Exception {
    V3Sink sink = sinkAt(1);
    V3Http http = new V3Http(own.etcd.clientUrl());
    V3SinkServer.apply(sink, value("1"));
    http.delete(prefix + "k");
    sink.save(at(2));
    V3SinkServer.apply(sink, value("2"));
    http.delete(prefix + "k");
    http.compact(http.revision());
    sink.save(at(3));
    assertThat(own.value("/__replication/" + link)).contains("index=3");
  }

  @Test
  void deleteOfAMissingKeyDoesNotStandForThePutBeforeIt() throws Exception {
    V3Sink sink = sinkAt(1);
    copy(data(), copy);
    V3SinkServer.apply(sink, value("1"));
    V3SinkServer.apply(sink, batch(delete(prefix + "missing")));
    copy(copy, data());
    for (int i = 0; i < 5; i++) {
      new V3Http(own.etcd.clientUrl()).put("/others", "filler");
    }
    assertThatThrownBy(() -> V3SinkServer.persist(() -> sink.save(at(2))))
        .hasStackTraceContaining("it no longer holds the put of '" + prefix + "k'");
  }

  @Test
  void restoreThatReturnsADeletedKeyIsDetected() throws Exception {
    V3Sink sink = sinkAt(1);
    V3SinkServer.apply(sink, value("1"));
    copy(data(), copy);
    V3SinkServer.apply(sink, batch(delete(prefix + "k")));
    copy(copy, data());
    for (int i = 0; i < 5; i++) {
      new V3Http(own.etcd.clientUrl()).put("/others", "filler");
    }
    assertThatThrownBy(() -> V3SinkServer.persist(() -> sink.save(at(2))))
        .hasStackTraceContaining("it no longer holds the delete of '" + prefix + "k'");
  }

  @Test
  void keyThatAnotherClientChangedIsNoRestore() throws Exception {
    V3Sink sink = sinkAt(1);
    V3SinkServer.apply(sink, value("1"));
    new V3Http(own.etcd.clientUrl()).put(prefix + "k", "of another client");
    sink.save(at(2));
    assertThat(own.value("/__replication/" + link)).contains("index=2");
  }

  /** The checkpoint is unchanged, as during a resync: only the cluster's revision shows it. */
  @Test
  void restoreToUnchangedCheckpointIsDetectedByRevision() throws Exception {
    V3Sink sink = sinkAt(1);
    copy(data(), copy);
    V3SinkServer.apply(sink, value("1"));
    V3SinkServer.apply(sink, value("2"));
    copy(copy, data());
    assertRolledBack(sink);
    sink.load();
    sink.apply(value("3"));
    sink.confirm();
  }
}

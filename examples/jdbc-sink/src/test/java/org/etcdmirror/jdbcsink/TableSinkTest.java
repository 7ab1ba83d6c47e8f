package org.etcdmirror.jdbcsink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.SinkRolledBackException;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.v3.V3Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/** A mirror into a table, and what becomes of it when the database does what it should not. */
@Timeout(600)
@EtcdTest
@PostgresTest
class TableSinkTest {

  private static final Duration IDLE = Duration.ofSeconds(10);

  private final PGSimpleDataSource database;
  private final int port;

  TableSinkTest(PostgresServer server) throws Exception {
    this.database = server.freshDatabase();
    this.port = server.port();
  }

  private EtcdMirror mirror(EtcdServer etcd) {
    return EtcdMirror.builder()
        .link("orders")
        .source(V3Source.of(etcd.clientUrl().toString()))
        .sink(new TableSink(database, IDLE))
        .scope(MirrorScope.of("/orders/"))
        .build();
  }

  @Test
  void putsAndDeletesReachTheTableAndTheNextRunContinues(EtcdServer etcd) throws Exception {
    V3Http client = new V3Http(etcd.clientUrl());
    client.put("/orders/1", "one");
    client.put("/orders/2", "two");
    try (EtcdMirror mirror = mirror(etcd)) {
      mirror.start();
      assertThat(mirror.awaitLevel(PATIENCE)).isTrue();
      client.put("/orders/1", "changed");
      long revision = client.delete("/orders/2");
      assertThat(mirror.await(revision, PATIENCE)).isTrue();
      assertThat(table()).isEqualTo(Map.of("/orders/1", "changed"));
      assertThat(mirror.verify()).matches(VerifyReport::isEqual);
    }
    long revision = client.put("/orders/3", "while it was down");
    try (EtcdMirror mirror = mirror(etcd)) {
      mirror.start();
      assertThat(mirror.await(revision, PATIENCE)).isTrue();
      assertThat(table())
          .isEqualTo(Map.of("/orders/1", "changed", "/orders/3", "while it was down"));
      assertThat(mirror.status().counters().resyncs()).isZero();
    }
  }

  @Test
  void aTableThatIsWipedIsFilledAgain(EtcdServer etcd) throws Exception {
    V3Http client = new V3Http(etcd.clientUrl());
    client.put("/orders/1", "one");
    try (EtcdMirror mirror = mirror(etcd)) {
      mirror.start();
      assertThat(mirror.awaitLevel(PATIENCE)).isTrue();
      PostgresServer.execute(database, "truncate etcd_entry, etcd_mirror_link");
      long revision = client.put("/orders/2", "two");
      assertThat(mirror.await(revision, PATIENCE)).isTrue();
      assertThat(mirror.awaitLevel(PATIENCE)).isTrue();
      assertThat(table()).isEqualTo(Map.of("/orders/1", "one", "/orders/2", "two"));
    }
  }

  @Test
  void aCommitWhoseAnswerIsLostIsFoundDone() throws Exception {
    try (CommitProxy proxy = CommitProxy.to(port);
        TableSink sink = sink(PostgresServer.at(proxy.port(), database))) {
      sink.apply(put(1, "one"), at(1));
      proxy.answer(CommitProxy.Commits.UNANSWERED);
      assertThatThrownBy(() -> sink.apply(put(2, "two"), at(2))).isInstanceOf(IOException.class);
      proxy.answer(CommitProxy.Commits.ANSWERED);
      sink.apply(put(2, "two"), at(2));
      sink.apply(put(3, "three"), at(3));
      assertThat(table()).isEqualTo(Map.of("/orders/k", "three"));
      assertThat(sink.load()).contains(at(3));
    }
  }

  @Test
  void aRestoredRowIsNotTakenForAnotherMirror() throws Exception {
    try (TableSink sink = sink(database)) {
      sink.apply(put(1, "one"), at(1));
      PostgresServer.execute(database, "create table backup as table etcd_mirror_link");
      sink.apply(put(2, "two"), at(2));
      PostgresServer.execute(
          database, "delete from etcd_mirror_link; insert into etcd_mirror_link table backup");
      assertThatThrownBy(sink::confirm).isInstanceOf(SinkRolledBackException.class);
      assertThatThrownBy(() -> sink.apply(put(3, "three"), at(3)))
          .isInstanceOf(SinkRolledBackException.class);
      assertThat(sink.load()).contains(at(1));
      sink.apply(put(3, "three"), at(3));
      assertThat(sink.load()).contains(at(3));
    }
  }

  @Test
  void aMissingTableIsAFailureForGood() throws Exception {
    PostgresServer.execute(database, "drop table etcd_entry");
    try (TableSink sink = sink(database)) {
      assertThatThrownBy(() -> sink.apply(put(1, "secret"), at(1)))
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining("etcd_entry")
          .hasMessageNotContaining("secret");
      assertThat(sink.load()).isEmpty();
    }
  }

  @Test
  void aServerThatIsDownIsAFailureThatMayPass() throws Exception {
    PGSimpleDataSource nowhere = PostgresServer.at(1, database);
    try (TableSink sink = sink(nowhere)) {
      assertThatThrownBy(() -> sink.apply(put(1, "one"), at(1))).isInstanceOf(IOException.class);
    }
  }

  private static TableSink sink(PGSimpleDataSource at) {
    TableSink sink = new TableSink(at, IDLE);
    assertThat(sink.indexStore("orders")).isSameAs(sink);
    return sink;
  }

  private static EventBatch put(long index, String value) {
    Bytes key = Bytes.utf8("/orders/k");
    return EventBatch.of(
        List.of(new MirrorEvent.Put(key, Bytes.utf8(value), index, null)), index, index);
  }

  private static Checkpoint at(long index) {
    return new Checkpoint(index, "cluster", "scope", Instant.EPOCH);
  }

  private Map<String, String> table() throws Exception {
    Map<String, String> entries = new TreeMap<>();
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select key, value from etcd_entry")) {
      while (rows.next()) {
        entries.put(Bytes.of(rows.getBytes(1)).utf8(), Bytes.of(rows.getBytes(2)).utf8());
      }
    }
    return entries;
  }
}

package org.etcdmirror.pairings;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.Selection;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.jspecify.annotations.Nullable;

/** The keys below {@code /conf} of a real server, by one of its two APIs. */
interface Keyspace {

  void readBy(EtcdMirrorBuilder builder);

  void writtenBy(EtcdMirrorBuilder builder);

  /** Some changes, of every kind that this API knows. */
  void change(Random random);

  /**
   * Deletes all that is below a directory, which is named without a slash at its end; the index at
   * which they are gone.
   *
   * @throws RuntimeException if there is no such answer; then it may be carried out, also later
   */
  long deleteTree(String directory);

  /** The newest index. */
  long index();

  void put(String key, String value);

  void delete(String key);

  /**
   * Sets a key, or deletes it if the value is null; returns the index of the change.
   *
   * @throws RuntimeException if there is no such answer; then it may be carried out, also later
   */
  long write(String key, @Nullable String value);

  /** A source that reads the keyspace without a mirror. */
  EventSource source();

  /** The index store of a mirror that writes here. */
  IndexStore indexStore();

  /** What the key holds that says which mirror of the link leads; empty if none does. */
  String leader();

  /** Ends the lead of whichever mirror has it, as if its term were over. */
  void endLead();

  /**
   * Whether a mirror that has seen the newest change of its keys waits for the next one at the
   * server. A watch of v2 is a request for each change.
   */
  boolean isWatched();

  /** Many changes elsewhere, after which nothing before them can be read as an event. */
  void loseHistory();

  /** The cluster's id. */
  default String clusterId() throws IOException, InterruptedException {
    try (EventSource source = source()) {
      return source.head(Selection.of(Bytes.utf8("/conf"))).clusterId();
    }
  }

  /** The values of the keys that begin with a prefix, which ends in a slash. */
  Map<String, String> values(String prefix);

  static Keyspace of(String kind, EtcdServer server) {
    return at(kind, server.clientUrl());
  }

  /** The test uses the first of these servers, a mirror all of them. */
  static Keyspace at(String kind, URI... servers) {
    return kind.equals("v2") ? new V2Keyspace(servers) : new V3Keyspace(servers);
  }

  static List<String> kinds() {
    return List.of("v2", "v3");
  }
}

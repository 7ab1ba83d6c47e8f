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
   * which that is so.
   *
   * @throws RuntimeException if there is no such answer; then it may be carried out, also later
   */
  long deleteTree(String directory);

  /** The newest index. */
  long index();

  void put(String key, String value);

  void delete(String key);

  /**
   * Sets a key, or deletes it if the value is null; the index at which it is so.
   *
   * @throws RuntimeException if there is no such answer; then it may be carried out, also later
   */
  long write(String key, @Nullable String value);

  /** For whoever reads it without a mirror. */
  EventSource source();

  /** Where a mirror that writes here keeps its index. */
  IndexStore indexStore();

  /** The cluster's id. */
  default String clusterId() throws IOException, InterruptedException {
    try (EventSource source = source()) {
      return source.head(Selection.of(Bytes.utf8("/conf"))).clusterId();
    }
  }

  /** What the keys hold that begin with a prefix, which ends in a slash. */
  Map<String, String> values(String prefix);

  static Keyspace of(String kind, EtcdServer server) {
    return at(kind, server.clientUrl());
  }

  /** Looked at by the first of these, mirrored by all. */
  static Keyspace at(String kind, URI... servers) {
    return kind.equals("v2") ? new V2Keyspace(servers) : new V3Keyspace(servers);
  }

  static List<String> kinds() {
    return List.of("v2", "v3");
  }
}

package org.etcdmirror.pairings;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.v2.V2IndexStore;
import org.etcdmirror.v2.V2Sink;
import org.etcdmirror.v2.V2Source;
import org.jspecify.annotations.Nullable;

/** A keyspace of API v2. */
final class V2Keyspace implements Keyspace {

  private static final String PREFIX = "/conf";
  private static final String LEADER = "/__replication/__leader__conf";

  /** A server keeps 1000 events. */
  private static final int HISTORY = 1100;

  private static final String[] NAMES = {"a", "b", "a-b", "a b", "ä"};

  private final V2Http http;
  private final String[] urls;

  V2Keyspace(URI... servers) {
    this.http = new V2Http(servers[0]);
    this.urls = Stream.of(servers).map(URI::toString).toArray(String[]::new);
  }

  @Override
  public void readBy(EtcdMirrorBuilder builder) {
    builder.source(source());
  }

  @Override
  public EventSource source() {
    return V2Source.builder().endpoints(urls).build();
  }

  @Override
  public IndexStore indexStore() {
    return V2IndexStore.open(List.of(urls), PREFIX);
  }

  @Override
  public void writtenBy(EtcdMirrorBuilder builder) {
    builder.sink(V2Sink.of(urls)).link(PREFIX);
  }

  @Override
  public void change(Random random) {
    for (int i = 0; i < 40; i++) {
      String path = path(random);
      // Refused where the tree does not allow it, as an application would be.
      switch (random.nextInt(10)) {
        case 0 -> http.delete(path, "");
        case 1 -> http.delete(path, "recursive=true");
        case 2 -> http.delete(path, "dir=true");
        case 3 -> http.put(path, Map.of("dir", "true"));
        case 4 -> http.put(path, Map.of("value", "new " + i, "prevExist", "false"));
        case 5 -> http.put(path, Map.of("value", "upd " + i, "prevExist", "true"));
        default -> http.put(path, "v" + random.nextInt(1000));
      }
    }
  }

  private static String path(Random random) {
    StringBuilder path = new StringBuilder(PREFIX);
    for (int depth = random.nextInt(3); depth >= 0; depth--) {
      path.append('/').append(NAMES[random.nextInt(NAMES.length)]);
    }
    return path.toString();
  }

  @Override
  public void put(String key, String value) {
    http.put(key, value);
  }

  @Override
  public void delete(String key) {
    http.delete(key, "");
  }

  @Override
  public long write(String key, @Nullable String value) {
    V2Http.Response answer = value == null ? http.delete(key, "") : http.put(key, value);
    return answer.status() == 404 ? answer.etcdIndex() : answer.modifiedIndex();
  }

  @Override
  public long deleteTree(String directory) {
    V2Http.Response answer = http.delete(directory, "recursive=true");
    return answer.status() == 404 ? answer.etcdIndex() : answer.modifiedIndex();
  }

  @Override
  public String leader() {
    V2Http.Response answer = http.get(LEADER, "quorum=true");
    return answer.status() == 200 ? answer.body() : "";
  }

  @Override
  public void endLead() {
    http.delete(LEADER, "");
  }

  @Override
  public boolean isWatched() {
    return http.watches() > 0;
  }

  @Override
  public void loseHistory() {
    for (int i = 0; i < HISTORY; i++) {
      http.put("/elsewhere", "x");
    }
  }

  @Override
  public long index() {
    return http.index();
  }

  @Override
  public Map<String, String> values(String prefix) {
    Map<String, String> values = new TreeMap<>(http.tree(prefix.substring(0, prefix.length() - 1)));
    // A directory is listed with a slash at its end.
    values.keySet().removeIf(path -> path.endsWith("/"));
    return values;
  }
}

package org.etcdmirror.pairings;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.etcd.V3Http.Write;
import org.etcdmirror.v3.V3Sink;
import org.etcdmirror.v3.V3Source;
import org.jspecify.annotations.Nullable;

/** A keyspace of API v3. The keys are ones that a tree of files could have. */
final class V3Keyspace implements Keyspace {

  private static final String PREFIX = "/conf/";
  private static final String LINK = "pairing";
  private static final String[] DIRECTORIES = {"a", "b", "a-b"};

  private final V3Http http;

  /** For writes that are recorded: a repeated one could happen a second time, after newer ones. */
  private final V3Http once;

  private final String[] urls;

  V3Keyspace(URI... servers) {
    this.http = new V3Http(servers[0]);
    this.once = http.withoutRepeats();
    this.urls = Stream.of(servers).map(URI::toString).toArray(String[]::new);
  }

  @Override
  public void readBy(EtcdMirrorBuilder builder) {
    builder.source(source());
  }

  @Override
  public EventSource source() {
    return V3Source.builder().endpoints(urls).build();
  }

  @Override
  public V3Sink indexStore() {
    return V3Sink.of(urls).indexStore(LINK);
  }

  @Override
  public void writtenBy(EtcdMirrorBuilder builder) {
    builder.sink(V3Sink.of(urls)).link(LINK);
  }

  @Override
  public void change(Random random) {
    for (int i = 0; i < 10; i++) {
      if (random.nextInt(5) == 0) {
        http.deletePrefix(directory(random));
      }
      List<Write> writes = new ArrayList<>();
      Set<Bytes> keys = new HashSet<>();
      for (int n = random.nextInt(10); n >= 0; n--) {
        Bytes key = Bytes.utf8(directory(random) + "leaf " + random.nextInt(6));
        if (keys.add(key)) {
          writes.add(
              random.nextInt(3) == 0
                  ? Write.delete(key)
                  : Write.put(key, Bytes.utf8("wert ä " + random.nextInt(1000))));
        }
      }
      http.commit(writes);
    }
  }

  private static String directory(Random random) {
    return PREFIX
        + DIRECTORIES[random.nextInt(DIRECTORIES.length)]
        + "/"
        + (random.nextBoolean() ? "below/" : "");
  }

  @Override
  public void put(String key, String value) {
    http.put(key, value);
  }

  @Override
  public void delete(String key) {
    http.delete(key);
  }

  @Override
  public long write(String key, @Nullable String value) {
    return value == null ? once.delete(key) : once.put(key, value);
  }

  @Override
  public long deleteTree(String directory) {
    return once.deletePrefix(directory + "/");
  }

  @Override
  public String leader() {
    return http.values("/__replication/.leader/" + LINK).values().stream()
        .map(value -> value.utf8().strip())
        .findFirst()
        .orElse("");
  }

  @Override
  public void endLead() {
    http.delete("/__replication/.leader/" + LINK);
  }

  /** A watch of v3 stays open. */
  @Override
  public boolean isWatched() {
    return true;
  }

  @Override
  public void loseHistory() {
    http.compact(http.put("/elsewhere", "x"));
  }

  @Override
  public long index() {
    return http.revision();
  }

  @Override
  public Map<String, String> values(String prefix) {
    Map<String, String> values = new TreeMap<>();
    http.values(prefix).forEach((key, value) -> values.put(key.utf8(), value.utf8()));
    return values;
  }
}

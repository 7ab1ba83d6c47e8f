package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.etcd.V3Http.Write;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Prefixes are plain bytes, as in etcdctl: a slash has no special meaning. */
@Timeout(300)
@EtcdTest
class V3PrefixTest {

  private final EtcdServer from;
  private final EtcdServer to;
  private final V3Http source;
  private final V3Http sink;

  V3PrefixTest(EtcdServer from, EtcdServer to) {
    this.from = from;
    this.to = to;
    source = new V3Http(from.clientUrl());
    sink = new V3Http(to.clientUrl());
  }

  @BeforeEach
  void write() {
    source.put("o_a", "1");
    source.put("o_b/c", "2");
    source.put("o", "not below the prefix");
    source.put("p_a", "elsewhere");
    source.put("q_a", "another");
  }

  private EtcdMirror mirror(MirrorScope scope) {
    List<Bytes> targets = new ArrayList<>();
    scope.rules().forEach(rule -> targets.add(rule.target()));
    EtcdMirror mirror =
        EtcdMirror.builder()
            .source(V3Source.builder().endpoints(from.clientUrl().toString()).build())
            .sink(V3Sink.builder().endpoints(to.clientUrl().toString()).build())
            .link("test")
            .scope(scope)
            .build();
    mirror.start();
    return mirror;
  }

  private void level(EtcdMirror mirror) throws InterruptedException {
    assertThat(mirror.await(source.revision(), PATIENCE)).isTrue();
  }

  /** What the sink holds, without the checkpoint. */
  private SortedMap<Bytes, Bytes> held() {
    SortedMap<Bytes, Bytes> held = new TreeMap<>(sink.values(""));
    held.keySet().removeIf(key -> key.startsWith(Bytes.utf8("/__replication/")));
    return held;
  }

  private static Map<Bytes, Bytes> of(String... keysAndValues) {
    Map<Bytes, Bytes> map = new TreeMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put(Bytes.utf8(keysAndValues[i]), Bytes.utf8(keysAndValues[i + 1]));
    }
    return map;
  }

  @Test
  void aPrefixIsReplacedByAnother() throws Exception {
    try (EtcdMirror mirror = mirror(MirrorScope.builder().rename("o_", "d_").build())) {
      level(mirror);
      assertThat(held()).isEqualTo(of("d_a", "1", "d_b/c", "2"));
      source.commit(
          List.of(Write.delete(Bytes.utf8("o_a")), Write.put(Bytes.utf8("o_o_"), Bytes.utf8("3"))));
      level(mirror);
      assertThat(held()).isEqualTo(of("d_b/c", "2", "d_o_", "3"));
    }
  }

  @Test
  void aPrefixIsStripped() throws Exception {
    try (EtcdMirror mirror = mirror(MirrorScope.builder().rename("o_", "").build())) {
      level(mirror);
      assertThat(held()).isEqualTo(of("a", "1", "b/c", "2"));
      source.delete("o_b/c");
      level(mirror);
      assertThat(held()).isEqualTo(of("a", "1"));
    }
  }

  @Test
  void emptyPrefixCoversWholeKeyspaceExceptOwnKeys() throws Exception {
    Bytes binary = Bytes.of(new byte[] {(byte) 0xff, 0, (byte) 0xfe});
    source.commit(List.of(Write.put(binary, binary)));
    source.put("/__replication/other", "of another mirror");
    try (EtcdMirror mirror = mirror(MirrorScope.of(""))) {
      level(mirror);
      Map<Bytes, Bytes> wanted = new TreeMap<>(source.values(""));
      wanted.remove(Bytes.utf8("/__replication/other"));
      assertThat(wanted).containsKey(binary).hasSize(6);
      assertThat(held()).isEqualTo(wanted);
      source.commit(List.of(Write.delete(binary)));
      level(mirror);
      wanted.remove(binary);
      assertThat(held()).isEqualTo(wanted);
    }
  }

  @Test
  void severalPrefixesShareOneIndex() throws Exception {
    try (EtcdMirror mirror = mirror(MirrorScope.of("o_", "q_"))) {
      level(mirror);
      assertThat(held()).isEqualTo(of("o_a", "1", "o_b/c", "2", "q_a", "another"));
      source.commit(
          List.of(
              Write.put(Bytes.utf8("o_a"), Bytes.utf8("4")),
              Write.put(Bytes.utf8("p_a"), Bytes.utf8("between them")),
              Write.put(Bytes.utf8("q_a"), Bytes.utf8("5"))));
      level(mirror);
      assertThat(held()).isEqualTo(of("o_a", "4", "o_b/c", "2", "q_a", "5"));
      assertThat(mirror.status().counters().gaps()).isZero();
    }
  }
}

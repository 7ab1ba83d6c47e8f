package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.service.run.Outcome;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Links between v2 and v3, and from v3 to v3; RealEtcdTest covers v2 to v2. */
@Timeout(600)
@EtcdTest
class PairingsTest {

  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;
  private final V2Http source2;
  private final V3Http source3;
  private final V2Http sink2;
  private final V3Http sink3;

  PairingsTest(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
    source2 = new V2Http(sourceEtcd.clientUrl());
    source3 = new V3Http(sourceEtcd.clientUrl());
    sink2 = new V2Http(sinkEtcd.clientUrl());
    sink3 = new V3Http(sinkEtcd.clientUrl());
  }

  @Test
  void onceMirrorsV3ToV3() {
    source3.put("/conftool/a", "1");
    source3.put("/conftool/b", "2");
    source3.put("/elsewhere", "x");
    once("v3", "v3", "/conftool/");
    assertThat(texts(sink3, "/conftool/"))
        .isEqualTo(Map.of("/conftool/a", "1", "/conftool/b", "2"));

    source3.delete("/conftool/a");
    source3.put("/conftool/b", "3");
    once("v3", "v3", "/conftool/");

    assertThat(texts(sink3, "/conftool/")).isEqualTo(Map.of("/conftool/b", "3"));
    assertThat(texts(sink3, "/__replication/")).hasSize(1);
  }

  @Test
  void onceMirrorsV2ToV3() {
    source2.put("/conftool/a", "1");
    source2.put("/conftool/b/c", "2");
    once("v2", "v3", "/conftool");
    assertThat(texts(sink3, "/conftool/"))
        .isEqualTo(Map.of("/conftool/a", "1", "/conftool/b/c", "2"));

    source2.delete("/conftool/b", "recursive=true");
    once("v2", "v3", "/conftool");

    assertThat(texts(sink3, "/conftool/")).isEqualTo(Map.of("/conftool/a", "1"));
  }

  @Test
  void onceMirrorsV3ToV2() {
    source3.put("/conftool/a", "1");
    source3.put("/conftool/b/c", "2");
    once("v3", "v2", "/conftool/=/copy/");
    assertThat(sink2.tree("/copy")).containsAllEntriesOf(Map.of("/copy/a", "1", "/copy/b/c", "2"));

    source3.delete("/conftool/a");
    once("v3", "v2", "/conftool/=/copy/");

    assertThat(sink2.tree("/copy")).doesNotContainKey("/copy/a").containsEntry("/copy/b/c", "2");
  }

  @Test
  void keysThatV2CannotStoreAreRefusedOrSkipped() {
    source3.put("/conftool/a", "1");
    source3.put("/conftool/b//c", "2");
    source3.put("/conftool/d", "3");
    source3.put("/conftool/d/e", "4");

    Outcome refused = attempt("v3", "v2", "/conftool");

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.lastLine()).contains("/conftool/b//c").contains("/conftool/d/e");
    assertThat(sink2.tree("/conftool")).isEmpty();

    once("v3", "v2", "/conftool", "--unsupported-entries", "skip");

    assertThat(sink2.tree("/conftool")).isEqualTo(Map.of("/conftool/a", "1", "/conftool/d", "3"));
  }

  @Test
  void checkpointKeyOptionSelectsTheIndexKey() {
    source3.put("/conftool/a", "1");

    once("v3", "v3", "/conftool/", "--checkpoint-key", "/state/of the mirror");

    assertThat(texts(sink3, "/state/")).containsOnlyKeys("/state/of the mirror");
    assertThat(texts(sink3, "/__replication/")).isEmpty();
  }

  private void once(String from, String to, String prefix, String... more) {
    assertThat(attempt(from, to, prefix, more)).isEqualTo(Outcome.DONE);
  }

  private Outcome attempt(String from, String to, String prefix, String... more) {
    return InProcess.once(
        from + ":" + sourceEtcd.clientUrl(),
        to + ":" + sinkEtcd.clientUrl(),
        prefix,
        (Object[]) more);
  }

  private static Map<String, String> texts(V3Http etcd, String prefix) {
    Map<String, String> texts = new TreeMap<>();
    for (Map.Entry<Bytes, Bytes> entry : etcd.values(prefix).entrySet()) {
      texts.put(entry.getKey().utf8(), entry.getValue().utf8());
    }
    return texts;
  }
}

package org.etcdmirror.migration;

import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.util.List;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.core.Cutover;
import org.etcdmirror.core.CutoverReport;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.v2.V2IndexStore;
import org.etcdmirror.v2.V2Sink;
import org.etcdmirror.v2.V2Source;
import org.etcdmirror.v3.V3Sink;
import org.etcdmirror.v3.V3Source;

/** The link between the old cluster and the new one, in both directions. */
final class Link {

  private static final String PREFIX = "/conftool";
  private static final MirrorScope SCOPE = MirrorScope.of(PREFIX);

  private final List<String> v2;
  private final List<String> v3;

  /** The servers of both clusters. */
  Link(List<String> v2, List<String> v3) {
    this.v2 = v2;
    this.v3 = v3;
  }

  /** Keeps v3 level while the application writes to v2. */
  EtcdMirror forward() {
    return EtcdMirror.builder()
        .link("conftool")
        .source(v2Source())
        .sink(v3Sink())
        .scope(SCOPE)
        .build();
  }

  /** Keeps v2 level while the application writes to v3, so that a return stays possible. */
  EtcdMirror back() {
    return EtcdMirror.builder()
        .link("conftool-back")
        .source(v3Source())
        .sink(v2Sink())
        .scope(SCOPE.inverse())
        .build();
  }

  /** Cuts over to v3 and prepares the reverse link. The application must have stopped writing. */
  CutoverReport toV3(EtcdMirror forward) throws IOException, InterruptedException {
    try (EventSource newSource = v3Source();
        IndexStore reverseStore = v2Store()) {
      return cutover(forward, newSource, reverseStore);
    }
  }

  /** Cuts over back to v2 and prepares the forward link. */
  CutoverReport toV2(EtcdMirror back) throws IOException, InterruptedException {
    try (EventSource newSource = v2Source();
        IndexStore reverseStore = v3Sink().indexStore("conftool")) {
      return cutover(back, newSource, reverseStore);
    }
  }

  private static CutoverReport cutover(EtcdMirror mirror, EventSource source, IndexStore store)
      throws IOException, InterruptedException {
    return Cutover.builder()
        .mirror(mirror)
        .newSource(source)
        .reverseStore(store)
        .build()
        .run(PATIENCE);
  }

  /** Compares the keys of both clusters, whether or not a mirror wrote them. */
  VerifyReport compare() throws IOException, InterruptedException {
    try (EventSource source = v2Source();
        ReadableSink sink = v3Sink()) {
      return EtcdMirror.compare(source, sink, SCOPE);
    }
  }

  private EventSource v2Source() {
    return V2Source.builder().endpoints(v2).build();
  }

  private EventSource v3Source() {
    return V3Source.builder().endpoints(v3).build();
  }

  private V2Sink v2Sink() {
    return V2Sink.builder().endpoints(v2).build();
  }

  private IndexStore v2Store() {
    return V2IndexStore.open(v2, "conftool-back");
  }

  private V3Sink v3Sink() {
    return V3Sink.builder().endpoints(v3).build();
  }
}

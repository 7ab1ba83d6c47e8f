package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.v2.V2IndexStore;
import org.etcdmirror.v2.V2Sink;
import org.etcdmirror.v3.V3Sink;
import org.junit.jupiter.params.provider.Arguments;

/** Two servers and one link between them, run again and again with scopes that may change. */
final class ScopedLink implements AutoCloseable {

  final EtcdServer sourceEtcd;
  final EtcdServer sinkEtcd;
  final Keyspace source;
  final Keyspace sink;
  final List<Gap.Reason> gaps = new CopyOnWriteArrayList<>();
  private final String to;

  ScopedLink(EtcdBinary binary, String from, String to) {
    this.sourceEtcd = EtcdServer.builder().binary(binary).start();
    this.sinkEtcd = EtcdServer.builder().binary(binary).start();
    this.source = Keyspace.of(from, sourceEtcd);
    this.sink = Keyspace.of(to, sinkEtcd);
    this.to = to;
  }

  /**
   * These pairings, on one etcd after the other in turn. What depends on the version of an etcd is
   * tested with each kind of source and sink, and {@link PairingTest} runs each pairing on each.
   */
  static Stream<Arguments> of(String... pairings) {
    List<EtcdBinary> binaries = EtcdBinary.all();
    List<Arguments> all = new ArrayList<>();
    for (String pairing : pairings) {
      String[] sides = pairing.split(" to ");
      all.add(Arguments.of(binaries.get(all.size() % binaries.size()), sides[0], sides[1]));
    }
    return all.stream();
  }

  EtcdMirrorBuilder builder(MirrorScope scope) {
    return builder(scope, "/conf");
  }

  /** A mirror whose link has this name. */
  EtcdMirrorBuilder builder(MirrorScope scope, String name) {
    EtcdMirrorBuilder builder =
        EtcdMirror.builder()
            .scope(scope)
            .link(name)
            .listener(
                new MirrorListener() {
                  @Override
                  public void onGap(Gap gap, RecoveryPolicy.Decision decision) {
                    gaps.add(gap.reason());
                  }
                });
    source.readBy(builder);
    String url = sinkEtcd.clientUrl().toString();
    return builder.sink(to.equals("v2") ? V2Sink.of(url) : V3Sink.of(url));
  }

  /** The index store that a mirror of this link uses. */
  static IndexStore store(String to, EtcdServer sink) {
    String url = sink.clientUrl().toString();
    return to.equals("v2")
        ? V2IndexStore.open(List.of(url), "/conf")
        : V3Sink.of(url).indexStore("/conf");
  }

  /** Runs a mirror until it is level; it may delete all that this link wrote before. */
  void run(MirrorScope scope) throws InterruptedException {
    try (EtcdMirror mirror =
        builder(scope).deleteLimit(DeleteLimit.percent(100)).formerPrefix("/").build()) {
      mirror.start();
      level(mirror);
    }
  }

  void level(EtcdMirror mirror) throws InterruptedException {
    long index = source.index();
    assertThat(mirror.await(index, PATIENCE)).as("%d: %s", index, mirror.status()).isTrue();
  }

  /** The keys of the sink under these prefixes, with their values. */
  Map<String, String> held(String... prefixes) {
    Map<String, String> held = new TreeMap<>();
    for (String prefix : prefixes) {
      held.putAll(sink.values(prefix));
    }
    return held;
  }

  @Override
  public void close() {
    try {
      sourceEtcd.close();
    } finally {
      sinkEtcd.close();
    }
  }
}

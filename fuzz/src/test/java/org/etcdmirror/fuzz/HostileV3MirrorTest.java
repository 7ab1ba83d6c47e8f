package org.etcdmirror.fuzz;

import java.net.URI;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.v3.V3Sink;
import org.etcdmirror.v3.V3Source;
import org.junit.jupiter.api.Test;

/** Mirrors between two v3 servers, one of which damages its answers for a while. */
@EtcdTest(v2 = false)
class HostileV3MirrorTest {

  private static final int ROUNDS = 1;
  private static final int DAMAGED = 100;
  private static final int KEYS = 12;
  private static final int LEASE_SECONDS = 3_600;

  @Test
  void mirrorIsLevelAgainAfterHostileAnswersOfTheSource(EtcdServer source, EtcdServer sink) {
    try (HostileServer hostile = new HostileGrpc(source.clientUrl(), (method, answer) -> {})) {
      run(hostile, source, sink, hostile.url(), sink.clientUrl());
    }
  }

  @Test
  void mirrorIsLevelAgainAfterHostileAnswersOfTheSink(EtcdServer source, EtcdServer sink) {
    try (HostileServer hostile = new HostileGrpc(sink.clientUrl(), (method, answer) -> {})) {
      run(hostile, source, sink, source.clientUrl(), hostile.url());
    }
  }

  private static void run(
      HostileServer hostile, EtcdServer source, EtcdServer sink, URI readFrom, URI writtenTo) {
    V3Http from = new V3Http(source.clientUrl());
    V3Http to = new V3Http(sink.clientUrl());
    Rounds.run(
        ROUNDS,
        (seed, random) -> {
          String prefix = "/r%d/".formatted(seed);
          new HostilePeriod(hostile, DAMAGED, () -> mirror(readFrom, writtenTo, prefix))
              .run(
                  random,
                  writer(from, prefix),
                  () -> to.values(prefix).equals(from.values(prefix)));
        });
  }

  private static EtcdMirrorBuilder mirror(URI source, URI sink, String prefix) {
    return EtcdMirror.builder()
        .source(V3Source.of(source.toString()))
        .sink(V3Sink.of(sink.toString()))
        .expiryPolicy(ExpiryPolicy.COPY)
        .scope(MirrorScope.of(prefix));
  }

  private static Consumer<SplittableRandom> writer(V3Http from, String prefix) {
    String lease = from.grantLease(LEASE_SECONDS);
    return random -> {
      String key = prefix + random.nextInt(KEYS);
      String value = "value " + random.nextInt(1_000);
      switch (random.nextInt(4)) {
        case 0 -> from.delete(key);
        case 1 -> from.put(key, value, lease);
        default -> from.put(key, value);
      }
    };
  }
}

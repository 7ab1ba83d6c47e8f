package org.etcdmirror.fuzz;

import java.net.URI;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.v2.V2Sink;
import org.etcdmirror.v2.V2Source;
import org.junit.jupiter.api.Test;

/** Mirrors between two v2 servers, one of which damages its answers for a while. */
@EtcdTest
class HostileV2MirrorTest {

  private static final int ROUNDS = 1;
  private static final int DAMAGED = 40;
  private static final int KEYS = 12;

  @Test
  void mirrorIsLevelAgainAfterHostileAnswersOfTheSource(EtcdServer source, EtcdServer sink) {
    try (HostileServer hostile = new HostileHttp(source.clientUrl())) {
      run(hostile, source, sink, hostile.url(), sink.clientUrl());
    }
  }

  @Test
  void mirrorIsLevelAgainAfterHostileAnswersOfTheSink(EtcdServer source, EtcdServer sink) {
    try (HostileServer hostile = new HostileHttp(sink.clientUrl())) {
      run(hostile, source, sink, source.clientUrl(), hostile.url());
    }
  }

  private static void run(
      HostileServer hostile, EtcdServer source, EtcdServer sink, URI readFrom, URI writtenTo) {
    V2Http from = new V2Http(source.clientUrl());
    V2Http to = new V2Http(sink.clientUrl());
    Rounds.run(
        ROUNDS,
        (seed, random) -> {
          String prefix = "/r%d".formatted(seed);
          from.put(prefix + "/first", "value");
          new HostilePeriod(hostile, DAMAGED, () -> mirror(readFrom, writtenTo, prefix))
              .run(random, writer(from, prefix), () -> to.tree(prefix).equals(from.tree(prefix)));
        });
  }

  private static EtcdMirrorBuilder mirror(URI source, URI sink, String prefix) {
    return EtcdMirror.builder()
        .source(V2Source.of(source.toString()))
        .sink(V2Sink.of(sink.toString()))
        .expiryPolicy(ExpiryPolicy.COPY)
        .scope(MirrorScope.of(prefix));
  }

  private static Consumer<SplittableRandom> writer(V2Http from, String prefix) {
    return random -> {
      String key = prefix + "/" + random.nextInt(KEYS);
      String value = "value " + random.nextInt(1_000);
      switch (random.nextInt(4)) {
        case 0 -> from.delete(key, "");
        case 1 -> from.put(key, Map.of("value", value, "ttl", "3600"));
        default -> from.put(key, value);
      }
    };
  }
}

package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The sink's server accepts far fewer operations than configured, and the mirror stays exact. */
@Tag("long")
@Timeout(600)
class V3LowLimitsTest {

  private static final int KEYS = 600;

  @Test
  void everySinkRevisionIsPastSourceStateUnderLowTxnLimit() throws Exception {
    try (V3Mirroring pair =
            V3Mirroring.start(
                EtcdBinary.all().get(0), etcd -> etcd.extraFlags("--max-txn-ops=16"));
        EtcdMirror mirror = pair.started();
        V3Reader reader = new V3Reader(pair.sinkUrls)) {
      mirror.pause();
      V3Mirroring.eventually(
          "paused", () -> assertThat(mirror.status().state()).isEqualTo(MirrorState.PAUSED));
      // Written in reverse order, so that a split in key order is no past state.
      List<String> order =
          IntStream.range(0, KEYS).mapToObj(i -> "/conf/%04d".formatted(KEYS - 1 - i)).toList();
      order.forEach(key -> pair.source.put(key, "v"));
      long before = pair.sink.revision();
      mirror.resume();
      pair.awaitLevel(mirror);
      long after = pair.sink.revision();
      assertThat(after - before).isGreaterThan(1);
      Set<Set<String>> past = pastStates(order);
      for (long revision = before; revision <= after; revision++) {
        Set<String> held =
            reader.values(revision).keySet().stream()
                .map(ByteString::toStringUtf8)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(past.contains(held))
            .as("sink revision %d of %d to %d: %d keys", revision, before, after, held.size())
            .isTrue();
      }
      pair.assertEqual();
    }
  }

  private static Set<Set<String>> pastStates(List<String> order) {
    Set<Set<String>> states = new HashSet<>();
    for (int i = 0; i <= order.size(); i++) {
      states.add(new TreeSet<>(order.subList(0, i)));
    }
    return states;
  }
}

package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.Transform;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A random workload through a transform that rewrites, renames, drops and doubles: following event
 * by event gives the same sink as a comparison with the source.
 */
@Tag("long")
@Timeout(600)
class TransformTest {

  static Stream<Arguments> pairings() {
    return ScopedLink.of("v2 to v2", "v2 to v3", "v3 to v2", "v3 to v3");
  }

  /** The path below {@code /conf/} becomes one name, in another order than the source's. */
  private static final class Flatten implements Transform {

    private static Bytes key(String place, Bytes source) {
      String path = source.utf8();
      String below = path.length() > 6 ? path.substring(6) : "";
      return Bytes.utf8(
          "/conf/" + place + "/" + new StringBuilder(below).reverse().toString().replace('/', '+'));
    }

    @Override
    public String identity() {
      return "flatten";
    }

    @Override
    public List<Bytes> keys(Bytes key) {
      return List.of(key("one", key), key("more", key));
    }

    @Override
    public List<Put> apply(Put put) {
      String value = put.value().utf8();
      Put rewritten =
          new Put(
              key("one", put.key()),
              Bytes.utf8("<" + value + ">"),
              put.index(),
              put.expiresAt(),
              put.lease());
      return switch (value.charAt(value.length() - 1)) {
        case '1', '2', '3' -> List.of();
        case '4', '5', '6' -> List.of(rewritten, rewritten.withKey(key("more", put.key())));
        default -> List.of(rewritten);
      };
    }
  }

  private static MirrorScope.Builder scope() {
    return MirrorScope.builder().transform(new Flatten());
  }

  /** The keys that the sink should hold, under a prefix of its own. */
  private static Map<String, String> expected(ScopedLink link, String prefix) {
    Map<String, String> expected = new TreeMap<>();
    link.source
        .values("/conf/")
        .forEach((key, value) -> {
          for (Put put :
              new Flatten().apply(new Put(Bytes.utf8(key), Bytes.utf8(value), 1, null))) {
            expected.put(prefix + put.key().utf8().substring(6), put.value().utf8());
          }
        });
    return expected;
  }

  @ParameterizedTest(name = "{1} to {2} on {0}")
  @MethodSource("pairings")
  @Execution(CONCURRENT)
  void transformGivesTheSameSinkByEventsAndByComparison(EtcdBinary binary, String from, String to)
      throws Exception {
    long seed = new Random().nextLong();
    System.out.println("TransformTest " + from + " to " + to + ", seed " + seed);
    Random random = new Random(seed);
    try (ScopedLink link = new ScopedLink(binary, from, to)) {
      for (int run = 0; run < 3; run++) {
        // The first run begins with a comparison, later ones with what happened meanwhile.
        link.source.change(random);
        try (EtcdMirror mirror =
            link.builder(scope().prefix("/conf/").build())
                .deleteLimit(DeleteLimit.percent(100))
                .build()) {
          mirror.start();
          link.source.change(random);
          link.source.change(random);
          link.level(mirror);
          assertThat(link.held("/conf/"))
              .as("seed %d, run %d", seed, run)
              .isEqualTo(expected(link, "/conf/"));
        }
      }
      try (EtcdMirror fresh =
          link.builder(scope().rename("/conf/", "/fresh/").build(), "fresh").build()) {
        fresh.syncOnce();
      }
      assertThat(link.held("/fresh/")).as("seed %d", seed).isEqualTo(expected(link, "/fresh/"));
    }
  }
}

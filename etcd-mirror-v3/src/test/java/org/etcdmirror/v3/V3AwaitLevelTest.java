package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.util.stream.Stream;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A mirror that is called level holds what the source held at the time of the call. */
@Timeout(300)
class V3AwaitLevelTest {

  private static final int CHANGES = 300;

  private static Stream<EtcdBinary> etcds() {
    return EtcdBinary.all().stream();
  }

  @ParameterizedTest
  @MethodSource("etcds")
  void whatWasHeldUpByAPauseIsWaitedFor(EtcdBinary binary) throws Exception {
    try (V3Mirroring pair = V3Mirroring.start(binary);
        EtcdMirror mirror = pair.started(builder -> builder.buffer(1, 1 << 20))) {
      assertThat(mirror.pause(PATIENCE)).isTrue();
      for (int i = 0; i < CHANGES; i++) {
        pair.source.put(V3Mirroring.PREFIX + i, "1");
      }
      mirror.resume();

      assertThat(mirror.awaitLevel(PATIENCE)).isTrue();

      pair.assertEqual();
    }
  }
}

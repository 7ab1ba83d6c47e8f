package org.etcdmirror.service.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.InstantSource;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The clock of a real server, and clocks of this machine that differ from it. */
@Timeout(120)
@EtcdTest(v2 = false)
class ClockCheckTest {

  @Test
  void clockThatDiffersIsAWarningOnEitherSide(EtcdServer etcd) throws Exception {
    try (Side side = CheckFixture.source("v3:" + etcd.clientUrl())) {
      assertThat(CheckFixture.lines(check(side, Duration.ZERO)))
          .containsExactly("ok the clock of %s agrees".formatted(etcd.clientUrl()));
      assertThat(CheckFixture.lines(check(side, Duration.ofMinutes(-2))))
          .singleElement()
          .asString()
          .startsWith("warning")
          .contains("s ahead of this machine's");
      assertThat(CheckFixture.lines(check(side, Duration.ofMinutes(2))))
          .singleElement()
          .asString()
          .startsWith("warning")
          .contains("s behind this machine's");
    }
  }

  private static ClockCheck check(Side side, Duration offset) {
    return new ClockCheck(
        side, EtcdPages.of(side), InstantSource.offset(InstantSource.system(), offset));
  }
}

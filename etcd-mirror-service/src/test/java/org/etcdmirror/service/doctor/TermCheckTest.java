package org.etcdmirror.service.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TermCheckTest {

  private static final Duration TERM = Duration.ofSeconds(5);

  private static TermCheck check(long slowestMillis) {
    return new TermCheck(TERM, () -> Duration.ofMillis(slowestMillis));
  }

  @Test
  void fastSinkIsOk() {
    assertThat(CheckFixture.lines(check(300)))
        .containsExactly(
            "ok a request took 300 ms, and with --standby-term 5s a member waits 1250 ms for its"
                + " answer");
  }

  @Test
  void sinkThatIsSlowForTheTermIsAWarningWithATermThatFits() throws Exception {
    Findings findings = new Findings("sink standby");
    check(400).run(findings);
    assertThat(findings.all())
        .singleElement()
        .asString()
        .contains("400 ms", "1250 ms", "--standby-term 7s");
  }
}

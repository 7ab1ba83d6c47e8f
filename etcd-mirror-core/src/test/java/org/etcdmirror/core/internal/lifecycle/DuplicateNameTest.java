package org.etcdmirror.core.internal.lifecycle;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.etcdmirror.api.Lead;
import org.etcdmirror.core.CapturedLog;
import org.etcdmirror.core.Standby;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DuplicateNameTest {

  private static final Lead SAME_NAME = new Lead("host-a", false, 0);

  private final DuplicateName names =
      new DuplicateName("conftool", new Standby("host-a", Duration.ofSeconds(5)));
  private final CapturedLog log = new CapturedLog();

  @AfterEach
  void close() {
    log.close();
  }

  private void seen(Lead lead, long second) {
    names.seen(lead, SECONDS.toNanos(second));
  }

  @Test
  void aLeaderWithTheNameOfThisMemberIsWarnedOf() {
    seen(SAME_NAME, 0);
    seen(SAME_NAME, 14);
    assertThat(log.warnings()).isEmpty();
    seen(SAME_NAME, 15);
    assertThat(log.warnings())
        .singleElement()
        .asString()
        .contains("[link=conftool]", "'host-a'", "--member");
  }

  /** The lead of a process that was killed goes on until its term ends. */
  @Test
  void theLeadOfTheFormerProcessIsNotWarnedOf() {
    seen(SAME_NAME, 0);
    seen(SAME_NAME, 5);
    seen(Lead.NONE, 6);
    seen(SAME_NAME, 20);
    assertThat(log.warnings()).isEmpty();
  }

  @Test
  void theOwnLeadAndThatOfOthersAreNotWarnedOf() {
    for (int second = 0; second < 60; second += 10) {
      seen(new Lead("host-a", true, 0), second);
    }
    for (int second = 60; second < 120; second += 10) {
      seen(new Lead("host-b", false, 0), second);
    }
    assertThat(log.warnings()).isEmpty();
  }
}

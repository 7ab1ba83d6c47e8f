package org.etcdmirror.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.MirrorStatus.Membership;
import org.etcdmirror.core.MirrorStatus.Role;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.core.store.InMemorySink;
import org.etcdmirror.v3.V3Source;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class LinkHealthIndicatorTest {

  @ParameterizedTest
  @CsvSource({
    "FOLLOWING, true, UP",
    "FOLLOWING, false, OUT_OF_SERVICE",
    "STANDBY, false, UP",
    "CREATED, false, OUT_OF_SERVICE",
    "CONNECTING, false, OUT_OF_SERVICE",
    "RESYNCING, false, OUT_OF_SERVICE",
    "PAUSED, false, OUT_OF_SERVICE",
    "RETRYING, false, OUT_OF_SERVICE",
    "BLOCKED, false, OUT_OF_SERVICE",
    "STOPPING, false, OUT_OF_SERVICE",
    "STOPPED, false, DOWN",
    "FAILED, false, DOWN",
  })
  void eachStateHasItsHealth(MirrorState state, boolean level, String expected) {
    assertThat(health(status(state, level, null, null)).getStatus())
        .isEqualTo(new Status(expected));
  }

  @Test
  void aBlockedLinkSaysWhy() {
    PendingApproval pending = new PendingApproval("token", "deletes 5 keys", Instant.now(), null);

    assertThat(health(status(MirrorState.BLOCKED, false, pending, null)).getDetails())
        .containsAllEntriesOf(
            Map.of("state", "blocked", "level", false, "waitsForApproval", "deletes 5 keys"));
  }

  @Test
  void aStandbyNamesTheLeader() {
    Membership standby = new Membership(Role.STANDBY, "b", "a", true);

    assertThat(health(status(MirrorState.STANDBY, false, null, standby)).getDetails())
        .containsAllEntriesOf(Map.of("role", "standby", "leader", "a", "warm", true));
  }

  private static Health health(MirrorStatus status) {
    return new LinkHealthIndicator(() -> status).health();
  }

  private static MirrorStatus status(
      MirrorState state,
      boolean level,
      @Nullable PendingApproval pending,
      @Nullable Membership membership) {
    try (EtcdMirror mirror =
        EtcdMirror.builder()
            .source(V3Source.of("http://127.0.0.1:1"))
            .sink(InMemorySink.bytes())
            .scope(MirrorScope.of("/a/"))
            .build()) {
      MirrorStatus made = mirror.status();
      return new MirrorStatus(
          "link",
          state,
          0,
          0,
          0,
          0,
          0,
          null,
          level,
          made.counters(),
          "the last error",
          Instant.now(),
          pending,
          null,
          null,
          made.gaps(),
          null,
          null,
          null,
          null,
          null,
          0,
          made.excluded(),
          membership);
    }
  }
}

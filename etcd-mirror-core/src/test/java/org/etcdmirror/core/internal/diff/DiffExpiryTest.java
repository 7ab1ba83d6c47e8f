package org.etcdmirror.core.internal.diff;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.MirrorEvent.Put;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DiffExpiryTest {

  private static final Lease LEASE = new Lease(7, Duration.ofSeconds(60));
  private static final Lease OTHER = new Lease(8, Duration.ofSeconds(60));

  private static Put expiring(@Nullable Integer second, @Nullable Lease lease) {
    Expiry at = second == null ? null : new Expiry(second * 1_000_000_000L);
    return new Put(Bytes.utf8("/a"), Bytes.utf8("1"), 1, at, lease);
  }

  @Test
  void sameLeaseMeansSameExpiryAtAnyTime() {
    assertThat(Diff.sameExpiry(expiring(10, LEASE), expiring(1000, LEASE))).isTrue();
  }

  @Test
  void differentLeasesAreComparedByTime() {
    assertThat(Diff.sameExpiry(expiring(10, LEASE), expiring(12, OTHER))).isTrue();
    assertThat(Diff.sameExpiry(expiring(10, LEASE), expiring(1000, OTHER))).isFalse();
  }

  @Test
  void aLeaseOnOneSideIsComparedByTime() {
    assertThat(Diff.sameExpiry(expiring(10, LEASE), expiring(12, null))).isTrue();
    assertThat(Diff.sameExpiry(expiring(10, LEASE), expiring(1000, null))).isFalse();
    assertThat(Diff.sameExpiry(expiring(10, LEASE), expiring(null, null))).isFalse();
  }
}

package org.etcdmirror.core.internal.diff;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.internal.checkpoint.ExpiringKeys;
import org.etcdmirror.core.internal.checkpoint.NewestPuts.Version;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FoundTest {

  private static final Bytes KEY = Bytes.utf8("/a/k");

  private final Found found =
      new Found(
          new KeyMapper(
              MirrorScope.of("/a"), KeyModel.BYTES, KeyModel.BYTES, ExpiryPolicy.FOLLOW_SOURCE));

  private static Put put(long index, @Nullable Expiry expiry) {
    return new Put(KEY, Bytes.EMPTY, index, expiry);
  }

  @Test
  void newestPutIsTheHighestIndex() {
    found.put(3);
    found.put(7);
    found.put(5);
    assertThat(found.newestPut()).isEqualTo(7);
  }

  @Test
  void keyExpiresUntilItIsPutWithoutAnExpiry() {
    found.expires(KEY);
    assertThat(found.expiring()).containsExactly(ExpiringKeys.hash(KEY));
    found.happened(put(2, null));
    assertThat(found.expiring()).isEmpty();
    found.happened(put(3, Expiry.in(Duration.ofHours(1))));
    assertThat(found.expiring()).containsExactly(ExpiringKeys.hash(KEY));
  }

  @Test
  void noMoreExpiringKeysAreHeldThanTheirLimit() {
    for (int i = 0; i <= ExpiringKeys.MOST; i++) {
      found.expires(Bytes.utf8("/a/" + i));
    }
    assertThat(found.expiring()).hasSize(ExpiringKeys.MOST);
  }

  @Test
  void eventEndsThePutThatItReplaces() {
    found.newest().add(new Version(KEY, 2, true));
    found.happened(put(3, null));
    assertThat(found.newest().get()).isEmpty();
  }
}

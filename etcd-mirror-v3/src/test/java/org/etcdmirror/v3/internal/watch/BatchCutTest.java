package org.etcdmirror.v3.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.Queue;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.KeyValue;
import org.junit.jupiter.api.Test;

/** A revision is never cut: an index in its middle would be no state of the source. */
class BatchCutTest {

  private static final int HALF = 256 << 10;

  private final Queue<Event> whole = new ArrayDeque<>();

  private void add(long revision, int bytes) {
    KeyValue kv =
        KeyValue.newBuilder()
            .setModRevision(revision)
            .setValue(ByteString.copyFrom(new byte[bytes]))
            .build();
    whole.add(Event.newBuilder().setKv(kv).build());
  }

  @Test
  void smallRevisionsAreTakenTogether() {
    add(1, 10);
    add(2, 10);
    assertThat(BatchCut.from(whole)).hasSize(2);
    assertThat(whole).isEmpty();
    assertThat(BatchCut.from(whole)).isEmpty();
  }

  @Test
  void batchEndsBeforeTheRevisionAfterItsBound() {
    add(1, HALF);
    add(2, HALF);
    add(3, 10);
    assertThat(BatchCut.from(whole)).hasSize(2);
    assertThat(BatchCut.from(whole)).hasSize(1);
  }

  @Test
  void revisionIsNotCutWhateverItsSize() {
    add(1, 2 * HALF);
    add(1, 2 * HALF);
    add(1, 10);
    add(2, 10);
    assertThat(BatchCut.from(whole)).hasSize(3);
  }
}

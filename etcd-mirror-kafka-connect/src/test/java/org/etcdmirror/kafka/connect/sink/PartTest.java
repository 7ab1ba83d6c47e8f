package org.etcdmirror.kafka.connect.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.kafka.connect.sink.Part.Step;
import org.junit.jupiter.api.Test;

class PartTest {

  private static Step put(String key, int bytes, long next) {
    Bytes value = Bytes.of(new byte[bytes]);
    return new Step(new MirrorEvent.Put(Bytes.utf8(key), value, next, null), next);
  }

  @Test
  void lastChangeOfAKeyIsKeptInTheOrderOfTheRecords() {
    Part part = Part.of(List.of(put("a", 1, 1), put("b", 1, 2), put("a", 2, 3)), 0, 1_000);
    assertThat(part.batch().events()).extracting(MirrorEvent::index).containsExactly(2L, 3L);
    assertThat(part.next()).isEqualTo(3);
    assertThat(part.steps()).isEqualTo(3);
  }

  @Test
  void partEndsBeforeTheRecordThatDoesNotFit() {
    List<Step> all = List.of(put("a", 100, 1), put("b", 100, 2), put("c", 100, 3));
    Part first = Part.of(all, 0, 2 * 165);
    assertThat(first.steps()).isEqualTo(2);
    assertThat(first.batch().bytes()).isEqualTo(2 * 165);
    assertThat(first.next()).isEqualTo(2);
    assertThat(Part.of(all, 2, 2 * 165).next()).isEqualTo(3);
  }

  @Test
  void largeRecordGoesAlone() {
    List<Step> all = List.of(put("a", 5_000, 1), put("b", 1, 2));
    assertThat(Part.of(all, 0, 64).steps()).isEqualTo(1);
  }

  @Test
  void recordsThatDoNothingMoveTheOffset() {
    Part part = Part.of(List.of(new Step(null, 7), new Step(null, 8)), 0, 64);
    assertThat(part.batch().events()).isEmpty();
    assertThat(part.next()).isEqualTo(8);
  }
}

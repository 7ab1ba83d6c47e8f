package org.etcdmirror.v2.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.IndexDisprovedException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.SourceNotice;
import org.etcdmirror.v2.Mirroring;
import org.etcdmirror.v2.internal.protocol.V2Action;
import org.etcdmirror.v2.internal.protocol.V2Event;
import org.etcdmirror.v2.internal.protocol.V2Node;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The index of a stream moves past each event once, and never past one that was missed. */
class DeliveryTest {

  private static final int ROOM = 1000;
  private static final int COST = 400;

  private final Credit credit = new Credit(ROOM);
  private final Outbox outbox = new Outbox(credit);
  private final Delivery delivery =
      new Delivery(credit, outbox, new EventTranslator("/conf", List.of("/conf")), null);

  @BeforeEach
  void beginAtTen() {
    delivery.begin(10);
  }

  private static V2Event set(String key, String value, long index) {
    return new V2Event(
        V2Action.SET, new V2Node(key, false, value, index, index, null, List.of()), null);
  }

  private void accept(String key, long index) throws Exception {
    delivery.accept(set(key, "v", index), 0);
  }

  private EventBatch poll() throws Exception {
    return outbox.poll(Duration.ZERO);
  }

  /** Whether all of the credit is free. */
  private boolean isAllGivenBack() {
    int cost = credit.tryTake(ROOM);
    if (cost > 0) {
      credit.giveBack(cost);
    }
    return cost > 0;
  }

  @Test
  void eventMovesTheIndex() throws Exception {
    accept("/conf/a", 12);
    assertThat(delivery.confirmed()).isEqualTo(12);
    EventBatch batch = poll();
    assertThat(batch.events()).containsExactly(Mirroring.put("/conf/a", "v", 12));
    assertThat(batch.index()).isEqualTo(12);
  }

  @Test
  void eventOfAnotherTreeMovesTheIndexAlone() throws Exception {
    accept("/other/a", 12);
    assertThat(delivery.confirmed()).isEqualTo(12);
    EventBatch batch = poll();
    assertThat(batch.events()).isEmpty();
    assertThat(batch.index()).isEqualTo(12);
  }

  @Test
  void repeatedEventIsDropped() throws Exception {
    accept("/conf/a", 12);
    accept("/conf/b", 13);
    accept("/conf/a", 12);
    accept("/conf/b", 13);
    assertThat(poll().events()).extracting(MirrorEvent::index).containsExactly(12L, 13L);
    assertThat(delivery.confirmed()).isEqualTo(13);
  }

  @Test
  void eventBelowTheConfirmedIndexThatNeverCameDisprovesIt() throws Exception {
    accept("/conf/a", 12);
    delivery.headSeen(40);
    delivery.confirm(20, System.nanoTime());
    assertThatThrownBy(() -> accept("/conf/b", 15))
        .isInstanceOfSatisfying(
            IndexDisprovedException.class,
            lost -> {
              assertThat(lost).hasMessageContaining("SET of /conf/b arrived after its index");
              assertThat(lost.current()).isEqualTo(40);
            });
    assertThatThrownBy(() -> accept("/conf/b", 20)).isInstanceOf(IndexDisprovedException.class);
    assertThat(delivery.confirmed()).isEqualTo(20);
  }

  @Test
  void lateEventOfAnotherTreeDisprovesNothing() throws Exception {
    delivery.confirm(20, System.nanoTime());
    accept("/other/a", 15);
    assertThat(delivery.confirmed()).isEqualTo(20);
  }

  @Test
  void eventOfTheTimeBeforeTheStreamDisprovesNothing() throws Exception {
    accept("/conf/a", 10);
    assertThat(poll().events()).isEmpty();
  }

  @Test
  void newerEventIsNotMissed() throws Exception {
    delivery.refuseMissed(set("/conf/a", "v", 11));
    delivery.confirm(11, System.nanoTime());
    assertThatThrownBy(() -> delivery.refuseMissed(set("/conf/a", "v", 11)))
        .isInstanceOf(IndexDisprovedException.class);
  }

  @Test
  void proofMovesTheIndexOnlyForward() throws Exception {
    delivery.confirm(20, System.nanoTime());
    assertThat(poll().index()).isEqualTo(20);
    delivery.confirm(15, System.nanoTime());
    assertThat(delivery.confirmed()).isEqualTo(20);
    delivery.confirm(20, System.nanoTime());
    assertThat(delivery.confirmed()).isEqualTo(20);
  }

  @Test
  void headIsShownToTheReader() throws Exception {
    delivery.headSeen(40);
    delivery.headSeen(30);
    assertThat(poll().headIndex()).isEqualTo(40);
  }

  @Test
  void creditIsHeldUntilTheEventIsTaken() throws Exception {
    int cost = credit.tryTake(COST);
    delivery.accept(set("/conf/a", "v", 12), cost);
    assertThat(isAllGivenBack()).isFalse();
    poll();
    assertThat(isAllGivenBack()).isTrue();
  }

  @Test
  void creditOfADroppedEventIsGivenBack() throws Exception {
    accept("/conf/a", 12);
    delivery.accept(set("/conf/a", "v", 12), credit.tryTake(COST));
    assertThat(isAllGivenBack()).as("repeated").isTrue();
    delivery.accept(set("/other/a", "v", 13), credit.tryTake(COST));
    assertThat(isAllGivenBack()).as("another tree").isTrue();
  }

  @Test
  void valueThatJsonMayHaveChangedIsNoticed() throws Exception {
    delivery.accept(set("/conf/a", "lost \uFFFD", 12), 0);
    List<SourceNotice> notices = poll().notices();
    assertThat(notices)
        .singleElement()
        .extracting(SourceNotice::kind)
        .isEqualTo(SourceNotice.Kind.LOSSY_VALUE);
    assertThat(notices.get(0).detail()).contains("/conf/a at index 12");
    delivery.accept(set("/conf/a", "whole", 13), 0);
    assertThat(poll().notices()).isEmpty();
  }

  @Test
  void eventsOfTheTreeAreOurs() throws Exception {
    assertThat(delivery.isOurs(set("/conf/a", "v", 12))).isTrue();
    assertThat(delivery.isOurs(set("/other/a", "v", 12))).isFalse();
  }

  @Test
  void streamIsCompleteThroughItsBeginning() throws Exception {
    assertThat(delivery.confirmed()).isEqualTo(10);
    assertThat(poll().index()).isEqualTo(10);
  }
}

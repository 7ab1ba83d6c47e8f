package org.etcdmirror.core.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.common.KeyValue;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.core.MirrorWork;
import org.etcdmirror.core.WorkObserver.Ongoing;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MirrorObservationsTest {

  private static final MirrorWork RESYNC =
      new MirrorWork.Resync("app", new Gap(Gap.Reason.HISTORY_CLEARED, 3, 5, 9));

  private final ObservationRegistry registry = ObservationRegistry.create();
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final List<Observation.Context> ended = new ArrayList<>();
  private final MirrorObservations observations = new MirrorObservations(registry);

  @BeforeEach
  void handlers() {
    registry
        .observationConfig()
        .observationHandler(new DefaultMeterObservationHandler(meters))
        .observationHandler(
            new ObservationHandler<MirrorWorkContext>() {
              @Override
              public void onStop(MirrorWorkContext context) {
                ended.add(context);
              }

              @Override
              public boolean supportsContext(Observation.Context context) {
                return context instanceof MirrorWorkContext;
              }
            });
  }

  private static MirrorWork batch() {
    MirrorEvent event = new MirrorEvent.Delete(Bytes.utf8("/conf/a"), 7);
    return new MirrorWork.Apply("app", EventBatch.of(List.of(event), 7, 8));
  }

  private static String value(Observation.Context context, String key) {
    KeyValue low = context.getLowCardinalityKeyValue(key);
    KeyValue found = low == null ? context.getHighCardinalityKeyValue(key) : low;
    return found == null ? "none" : found.getValue();
  }

  @Test
  void aBatchIsAnObservationWithItsEventsAndIndex() {
    observations.begin(batch()).done(1, 0);

    assertThat(ended)
        .singleElement()
        .satisfies(context -> {
          assertThat(context.getName()).isEqualTo("etcd.mirror.apply");
          assertThat(value(context, "link")).isEqualTo("app");
          assertThat(value(context, "outcome")).isEqualTo("done");
          assertThat(value(context, "etcd.mirror.events")).isEqualTo("1");
          assertThat(value(context, "etcd.mirror.index")).isEqualTo("7");
          assertThat(context.getError()).isNull();
        });
  }

  @Test
  void aResyncIsAnObservationWithItsReasonAndEffect() {
    observations.begin(RESYNC).done(12, 3);

    assertThat(ended)
        .singleElement()
        .satisfies(context -> {
          assertThat(context.getName()).isEqualTo("etcd.mirror.resync");
          assertThat(value(context, "reason")).isEqualTo("history_cleared");
          assertThat(value(context, "outcome")).isEqualTo("done");
          assertThat(value(context, "etcd.mirror.written")).isEqualTo("12");
          assertThat(value(context, "etcd.mirror.deleted")).isEqualTo("3");
        });
  }

  @Test
  void workThatIsNotDoneHasItsErrorOrIsToBeginAgain() {
    IllegalStateException failure = new IllegalStateException("no");
    observations.begin(batch()).undone(failure);
    observations.begin(RESYNC).undone(null);

    assertThat(ended.get(0).getError()).isSameAs(failure);
    assertThat(ended)
        .extracting(context -> value(context, "outcome"))
        .containsExactly("undone", "again");
    assertThat(ended.get(1).getError()).isNull();
  }

  @Test
  void itIsTheCurrentObservationOnlyUntilItsEnd() {
    Ongoing work = observations.begin(batch());
    assertThat(registry.getCurrentObservation())
        .isNotNull()
        .satisfies(
            current -> assertThat(current.getContext()).isInstanceOf(MirrorWorkContext.class));

    work.done(1, 0);
    assertThat(registry.getCurrentObservation()).isNull();
  }

  @Test
  void withMetersEachIsATimer() {
    observations.begin(batch()).done(1, 0);
    observations.begin(RESYNC).done(12, 3);

    assertThat(meters.get("etcd.mirror.apply").tag("link", "app").timer().count()).isEqualTo(1);
    assertThat(meters.get("etcd.mirror.resync").tag("outcome", "done").timer().count())
        .isEqualTo(1);
  }

  @Test
  void eachHasTheKeysThatAreDocumented() {
    observations.begin(batch()).done(1, 0);
    observations.begin(RESYNC).done(12, 3);

    for (int i = 0; i < ended.size(); i++) {
      MirrorObservation documented = MirrorObservation.values()[i];
      Observation.Context context = ended.get(i);
      assertThat(context.getName()).isEqualTo(documented.getName());
      assertThat(context.getLowCardinalityKeyValues().stream().map(KeyValue::getKey))
          .contains(keys(documented.getLowCardinalityKeyNames()));
      assertThat(context.getHighCardinalityKeyValues().stream().map(KeyValue::getKey))
          .containsExactlyInAnyOrder(keys(documented.getHighCardinalityKeyNames()));
    }
  }

  private static String[] keys(KeyName[] names) {
    return Arrays.stream(names).map(KeyName::asString).toArray(String[]::new);
  }
}

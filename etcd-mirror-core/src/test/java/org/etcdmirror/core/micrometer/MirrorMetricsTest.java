package org.etcdmirror.core.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.Headroom;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.TaskProgress;
import org.etcdmirror.core.VerifyReport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MirrorMetricsTest {

  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final AtomicReference<MirrorStatus> now = new AtomicReference<>();

  @Test
  void exactlyOneStateGaugeIsOn() {
    bind(status(MirrorState.RESYNCING, null));

    assertThat(registry.get("etcd.mirror.state").tag("state", "resyncing").gauge().value())
        .isEqualTo(1);
    assertThat(registry.get("etcd.mirror.state").gauges())
        .hasSize(MirrorState.values().length)
        .satisfiesOnlyOnce(gauge -> assertThat(gauge.value()).isEqualTo(1));
  }

  @Test
  void gaugesShowCurrentStatus() {
    bind(status(MirrorState.FOLLOWING, Duration.ofMillis(1500)));

    assertThat(gauge("etcd.mirror.index")).isEqualTo(100);
    assertThat(gauge("etcd.mirror.stored.index")).isEqualTo(90);
    assertThat(gauge("etcd.mirror.source.index")).isEqualTo(120);
    assertThat(gauge("etcd.mirror.pending.events")).isEqualTo(20);
    assertThat(gauge("etcdmirror.lag")).isEqualTo(20);
    assertThat(gauge("etcd.mirror.since.caught.up")).isEqualTo(1.5);
    assertThat(gauge("etcd.mirror.caught.up")).isEqualTo(1);
    assertThat(gauge("etcd.mirror.suspects")).isEqualTo(3);
    assertThat(gauge("etcd.mirror.history.headroom.events")).isEqualTo(800);
    assertThat(gauge("etcd.mirror.history.headroom")).isEqualTo(90);

    assertThat(gauge("etcd.mirror.expiring.keys")).isEqualTo(7);
    assertThat(gauge("etcd.mirror.resync.done.entries")).isEqualTo(300);
    assertThat(gauge("etcd.mirror.resync.expected.entries")).isEqualTo(900);
    assertThat(gauge("etcd.mirror.resync.left")).isEqualTo(6);
    assertThat(gauge("etcd.mirror.resync.loop")).isEqualTo(4);
    assertThat(gauge("etcd.mirror.write.limit")).isEqualTo(50);
    assertThat(gauge("etcd.mirror.write.limit.waits")).isEqualTo(1);

    now.set(status(MirrorState.RETRYING, null));
    assertThat(gauge("etcd.mirror.resync.done.entries")).isNaN();
    assertThat(gauge("etcd.mirror.resync.expected.entries")).isNaN();
    assertThat(gauge("etcd.mirror.resync.left")).isNaN();
    assertThat(gauge("etcd.mirror.resync.loop")).isZero();
    assertThat(gauge("etcd.mirror.write.limit")).isNaN();
    assertThat(gauge("etcd.mirror.write.limit.waits")).isZero();
    assertThat(gauge("etcd.mirror.since.caught.up")).isNaN();
    assertThat(gauge("etcd.mirror.caught.up")).isZero();
    assertThat(gauge("etcd.mirror.history.headroom.events")).isNaN();
    assertThat(gauge("etcd.mirror.history.headroom")).isNaN();
  }

  @Test
  void lastVerificationIsShownAfterFirstVerify() {
    bind(status(MirrorState.FOLLOWING, null));
    assertThat(gauge("etcd.mirror.verify.age")).isNaN();
    assertThat(drift("missing")).isNaN();

    long ended = System.nanoTime() - Duration.ofSeconds(1000).toNanos();
    now.set(
        status(
            MirrorState.FOLLOWING,
            null,
            new VerifyReport(
                Instant.MAX, ended, Duration.ZERO, 100, 50, 1, 2, 3, 4, 5, 0, List.of())));
    assertThat(gauge("etcd.mirror.verify.age")).isGreaterThanOrEqualTo(1000);
    assertThat(drift("missing")).isEqualTo(1);
    assertThat(drift("different")).isEqualTo(2);
    assertThat(drift("extra")).isEqualTo(3);
  }

  private double drift(String kind) {
    return registry.get("etcd.mirror.drift.keys").tag("kind", kind).gauge().value();
  }

  @Test
  void eachCounterHasItsOwnMeter() {
    bind(status(MirrorState.FOLLOWING, null));

    assertThat(counter("etcd.mirror.events.applied")).isEqualTo(1);
    assertThat(counter("etcd.mirror.events.filtered")).isEqualTo(2);
    assertThat(counter("etcd.mirror.events.coalesced")).isEqualTo(3);
    assertThat(counter("etcd.mirror.batches")).isEqualTo(4);
    assertThat(counter("etcd.mirror.gaps")).isEqualTo(5);
    assertThat(counter("etcd.mirror.resyncs")).isEqualTo(6);
    assertThat(counter("etcd.mirror.resync.keys.written")).isEqualTo(7);
    assertThat(counter("etcd.mirror.resync.keys.deleted")).isEqualTo(8);
    assertThat(counter("etcd.mirror.retries")).isEqualTo(9);
    assertThat(counter("etcd.mirror.stream.repaired.events")).isEqualTo(10);
    assertThat(counter("etcd.mirror.history.outruns")).isEqualTo(11);
    assertThat(counter("etcd.mirror.lossy.values")).isEqualTo(12);
    assertThat(counter("etcd.mirror.unsupported.entries")).isEqualTo(13);
    assertThat(counter("etcd.mirror.deletes.blocked")).isEqualTo(14);
    assertThat(counter("etcd.mirror.gap.events")).isEqualTo(15);
    assertThat(counter("etcd.mirror.writes")).isEqualTo(16);
  }

  @Test
  void everyMeterIsLabelled() {
    bind(status(MirrorState.FOLLOWING, null));

    assertThat(registry.getMeters())
        .isNotEmpty()
        .allSatisfy(meter -> {
          assertThat(meter.getId().getTag("link")).isEqualTo("/conftool");
          assertThat(meter.getId().getTag("sink")).isEqualTo("codfw");
          assertThat(meter.getId().getDescription()).isNotBlank();
        });
  }

  @Test
  void timesHaveTheUnitOfTheRegistryAndCountsAreNamedByWhatTheyCount() {
    bind(status(MirrorState.FOLLOWING, Duration.ofMillis(1500)));

    assertThat(registry.getMeters())
        .filteredOn(meter -> meter instanceof TimeGauge)
        .extracting(meter -> meter.getId().getName())
        .containsExactlyInAnyOrder(
            "etcd.mirror.history.headroom",
            "etcd.mirror.resync.left",
            "etcd.mirror.since.caught.up",
            "etcd.mirror.verify.age");
    assertThat(unit("etcd.mirror.pending.events")).isEqualTo("events");
    assertThat(unit("etcd.mirror.drift.keys")).isEqualTo("keys");
    assertThat(unit("etcd.mirror.gaps")).isEqualTo("gaps");
    assertThat(unit("etcd.mirror.verify.age")).isEqualTo("seconds");
    assertThat(unit("etcd.mirror.index")).isNull();
  }

  private @Nullable String unit(String name) {
    return registry.get(name).meters().iterator().next().getId().getBaseUnit();
  }

  @Test
  void countersSurviveGarbageCollection() {
    bind(status(MirrorState.FOLLOWING, null));

    System.gc();

    assertThat(counter("etcd.mirror.batches")).isEqualTo(4);
  }

  /** Nothing but the registry refers to the supplier afterwards. */
  private void bind(MirrorStatus first) {
    now.set(first);
    AtomicReference<MirrorStatus> shown = now;
    new MirrorMetrics(() -> shown.get(), Tags.of("sink", "codfw")).bindTo(registry);
  }

  private double gauge(String name) {
    return registry.get(name).gauge().value();
  }

  private double counter(String name) {
    return registry.get(name).functionCounter().count();
  }

  private static MirrorStatus status(MirrorState state, @Nullable Duration sinceCaughtUp) {
    return status(state, sinceCaughtUp, null);
  }

  private static MirrorStatus status(
      MirrorState state, @Nullable Duration sinceCaughtUp, @Nullable VerifyReport lastVerify) {
    return new MirrorStatus(
        "/conftool",
        state,
        100,
        90,
        0,
        120,
        20,
        sinceCaughtUp,
        sinceCaughtUp != null,
        new MirrorStatus.Counters(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16),
        "boom",
        Instant.EPOCH,
        null,
        sinceCaughtUp == null ? null : new Headroom(800, Duration.ofSeconds(90)),
        lastVerify,
        List.of(),
        new MirrorStatus.Suspects(3, Instant.EPOCH, List.of("http://127.0.0.1:1")),
        sinceCaughtUp == null
            ? null
            : new TaskProgress(
                TaskProgress.Step.COPY,
                300,
                900,
                200,
                0,
                Duration.ofSeconds(3),
                100,
                Duration.ofSeconds(6)),
        null,
        sinceCaughtUp == null
            ? null
            : new MirrorStatus.ResyncLoop(Gap.Reason.SINK_DRIFTED, 4, Duration.ZERO),
        sinceCaughtUp == null ? null : new MirrorStatus.WriteLimit(50, true, Duration.ZERO),
        7,
        List.of(),
        null);
  }
}

package org.etcdmirror.core.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.TaskProgress;
import org.etcdmirror.core.VerifyReport;
import org.jspecify.annotations.Nullable;

/**
 * A mirror's {@linkplain MirrorStatus status} as Micrometer meters, each with the label {@code
 * link}. Needs {@code micrometer-core} on the class path, which the library itself does without.
 *
 * <p>A Prometheus registry shows them as {@code etcd_mirror_*}, and the lag once more as {@code
 * etcdmirror_lag}, the name that alerts for etcd mirrors used before. A registry that was bound
 * keeps the mirror reachable. Safe for use by many threads.
 */
public final class MirrorMetrics implements MeterBinder {

  private static final Set<String> UNITS =
      Set.of("batches", "entries", "events", "gaps", "keys", "resyncs", "retries", "values");

  private final Supplier<MirrorStatus> status;
  private final Iterable<Tag> moreTags;

  /**
   * The meters of one link.
   *
   * @param status asked for each value at each reading; cheap, as {@link EtcdMirror#status()} is
   * @param moreTags labels beside {@code link}, for example {@code sink}
   */
  public MirrorMetrics(Supplier<MirrorStatus> status, Iterable<Tag> moreTags) {
    this.status = requireNonNull(status, "status");
    this.moreTags = requireNonNull(moreTags, "moreTags");
  }

  /** The meters of this mirror, without more labels. */
  public static MirrorMetrics of(EtcdMirror mirror) {
    return new MirrorMetrics(mirror::status, List.of());
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    new Binding(registry, Tags.of(moreTags).and("link", status.get().link())).bind();
  }

  private final class Binding {

    private final MeterRegistry registry;
    private final Tags tags;

    Binding(MeterRegistry registry, Tags tags) {
      this.registry = registry;
      this.tags = tags;
    }

    void bind() {
      bindStates();
      bindRole();
      bindIndexes();
      bindVerification();
      bindCounters();
    }

    private void bindStates() {
      for (MirrorState state : MirrorState.values()) {
        String name = state.name().toLowerCase(Locale.ROOT);
        gauge(
            "state",
            "1 for the state that the mirror is in, 0 for the others",
            tags.and("state", name),
            now -> now.state() == state ? 1 : 0);
      }
    }

    private void bindRole() {
      gauge(
          "leader",
          "1 for a mirror that leads or has no standbys, 0 for a standby",
          now -> isStandby(now.membership()) ? 0 : 1);
      gauge(
          "standby.warm",
          "1 for a standby that can take over without a resync, else 0; NaN for a leader",
          now -> {
            MirrorStatus.Membership member = now.membership();
            return !isStandby(member) ? Double.NaN : requireNonNull(member).isWarm() ? 1 : 0;
          });
    }

    private static boolean isStandby(MirrorStatus.@Nullable Membership member) {
      return member != null && member.role() == MirrorStatus.Role.STANDBY;
    }

    private void bindIndexes() {
      gauge("index", "The sink holds every event through this index", MirrorStatus::index);
      gauge("stored.index", "The index in the index store", MirrorStatus::storedIndex);
      gauge("source.index", "The newest known index of the source", MirrorStatus::sourceIndex);
      gauge(
          "pending.events",
          "Events of the whole source between the sink and the source",
          MirrorStatus::lagEvents);
      time(
          "since.caught.up",
          "Time since the sink was last proven level with the source; NaN if never",
          MirrorStatus::sinceCaughtUp);
      gauge(
          "caught.up",
          "1 while following and proven level lately, else 0",
          now -> now.caughtUp() ? 1 : 0);
      gauge(
          "suspects",
          "Keys and trees that writes of unknown outcome touched and may still change",
          now -> now.suspects() == null ? 0 : now.suspects().count());
      gauge(
          "history.headroom.events",
          "Events that the source may clear before stopping now would end in a gap; NaN unknown",
          now -> now.headroom() == null ? Double.NaN : now.headroom().events());
      time(
          "history.headroom",
          "How long the history that is left lasts at the rate observed lately; NaN unknown",
          now -> now.headroom() == null ? null : now.headroom().lasts());
      gauge(
          "expiring.keys",
          "Keys of the source that have a time to live, such as those on a lease; at most 10000",
          MirrorStatus::expiringKeys);
      resync(
          "done.entries",
          "Entries that the running resync has read in its step, or deleted; NaN if none runs",
          TaskProgress::done);
      resync(
          "expected.entries",
          "Entries that the step of the running resync has in all; NaN unknown, or if none runs",
          now -> now.expected() == 0 ? Double.NaN : now.expected());
      time(
          "resync.left",
          "How long the step of the running resync still takes at the rate of late; NaN unknown",
          now -> now.resync() == null ? null : now.resync().timeLeft());
      gauge(
          "resync.loop",
          "Resyncs that follow each other for the same reason; 0 if they are no loop",
          now -> now.resyncLoop() == null ? 0 : now.resyncLoop().resyncs());
      gauge(
          "write.limit",
          "The most keys to write in a second; NaN for no limit",
          now -> now.writeLimit() == null ? Double.NaN : now.writeLimit().keysPerSecond());
      gauge(
          "write.limit.waits",
          "1 while writes wait for the limit, else 0",
          now -> now.writeLimit() != null && now.writeLimit().waits() ? 1 : 0);
      register(
          "etcdmirror.lag",
          "The same as etcd_mirror_pending_events",
          tags,
          MirrorStatus::lagEvents);
    }

    private void bindVerification() {
      drift("missing", VerifyReport::missing);
      drift("different", VerifyReport::different);
      drift("extra", VerifyReport::extra);
      time(
          "verify.age",
          "Time since the last comparison of source and sink ended; NaN if never",
          now -> now.lastVerify() == null ? null : now.lastVerify().age());
    }

    private void drift(String kind, ToDoubleFunction<VerifyReport> count) {
      gauge(
          "drift.keys",
          "Keys that the last comparison of source and sink found to differ; NaN if none ended",
          tags.and("kind", kind),
          now -> {
            VerifyReport last = now.lastVerify();
            return last == null ? Double.NaN : count.applyAsDouble(last);
          });
    }

    private void bindCounters() {
      counter("events.applied", "Events durable in the sink", c -> c.eventsApplied());
      counter("events.filtered", "Events that the scope excludes", c -> c.eventsFiltered());
      counter(
          "events.coalesced",
          "Events replaced by newer ones of the same batch",
          c -> c.eventsCoalesced());
      counter("batches", "Batches applied", c -> c.batches());
      counter("gaps", "Gaps found", c -> c.gaps());
      counter("resyncs", "Resyncs that ended", c -> c.resyncs());
      counter("resync.keys.written", "Entries that resyncs wrote", c -> c.keysWritten());
      counter("resync.keys.deleted", "Entries that resyncs deleted", c -> c.keysDeleted());
      counter("retries", "Transient failures", c -> c.retries());
      counter(
          "stream.repaired.events",
          "Events that a stream had lost and that were read again from history",
          c -> c.streamRepairs());
      counter("history.outruns", "Watches taken over without history", c -> c.historyOutruns());
      counter(
          "lossy.values", "Values in which the source had replaced bytes", c -> c.lossyValues());
      counter(
          "unsupported.entries",
          "Entries left out because the sink cannot hold them",
          c -> c.unsupportedEntries());
      counter(
          "deletes.blocked",
          "Resyncs that the delete limit stopped for a person",
          c -> c.deletesBlocked());
      counter(
          "gap.events",
          "Events of the whole source that the gaps which ended had spanned",
          c -> c.gapEvents());
      counter(
          "writes",
          "Keys written to the sink or deleted there, by events, resyncs and repairs",
          c -> c.writes());
    }

    private void resync(String name, String help, ToDoubleFunction<TaskProgress> value) {
      gauge(
          "resync." + name,
          help,
          now -> now.resync() == null ? Double.NaN : value.applyAsDouble(now.resync()));
    }

    private void gauge(String name, String help, ToDoubleFunction<MirrorStatus> value) {
      gauge(name, help, tags, value);
    }

    private void gauge(
        String name, String help, Tags labels, ToDoubleFunction<MirrorStatus> value) {
      register("etcd.mirror." + name, help, labels, value);
    }

    private void register(
        String name, String help, Tags labels, ToDoubleFunction<MirrorStatus> value) {
      // A gauge on a supplier is held strongly; the counters, held weakly, live by that.
      Gauge.builder(name, () -> value.applyAsDouble(status.get()))
          .description(help)
          .baseUnit(unit(name))
          .tags(labels)
          .register(registry);
    }

    private void counter(String name, String help, ToDoubleFunction<MirrorStatus.Counters> value) {
      FunctionCounter.builder(
              "etcd.mirror." + name, status, s -> value.applyAsDouble(s.get().counters()))
          .description(help)
          .baseUnit(unit(name))
          .tags(tags)
          .register(registry);
    }

    /** A registry shows it in its own unit of time, and adds that to the name if it names units. */
    private void time(
        String name, String help, Function<MirrorStatus, @Nullable Duration> duration) {
      TimeGauge.builder(
              "etcd.mirror." + name,
              () -> {
                Duration now = duration.apply(status.get());
                return now == null ? Double.NaN : now.toNanos() / 1e9;
              },
              TimeUnit.SECONDS)
          .description(help)
          .tags(tags)
          .register(registry);
    }
  }

  /** What a meter counts is the last word of its name; null if it is no count. */
  private static @Nullable String unit(String name) {
    String last = name.substring(name.lastIndexOf('.') + 1);
    return UNITS.contains(last) ? last : null;
  }
}

package org.etcdmirror.kafka.connect.source;

import java.time.Duration;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.GapException;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.UnsupportedEntries;
import org.etcdmirror.kafka.connect.source.delivery.Deliveries;
import org.etcdmirror.kafka.connect.source.gap.MissingDeletes;
import org.etcdmirror.kafka.connect.source.gap.TopicState;
import org.etcdmirror.kafka.connect.source.plan.LinkPlan;
import org.etcdmirror.kafka.connect.source.plan.SourcePlan;
import org.etcdmirror.kafka.connect.source.sink.ConnectSink;
import org.jspecify.annotations.Nullable;

/** The mirror of one link, whose sink is the worker. Used by the task's thread. */
final class LinkMirror implements AutoCloseable {

  /** While the task ends, the worker confirms nothing, so a batch is not waited for. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  private final EtcdMirror mirror;
  private final MissingDeletes missing;

  private LinkMirror(EtcdMirror mirror, MissingDeletes missing) {
    this.mirror = mirror;
    this.missing = missing;
  }

  /** Starts the mirror. It connects on its own threads. */
  static LinkMirror start(
      SourcePlan plan, LinkPlan link, OffsetStorageReader offsets, Deliveries deliveries) {
    MissingDeletes missing = new MissingDeletes(link.link(), plan.deletesAfterGap());
    EventSource source = plan.etcd().source();
    @Nullable TopicState topic = null;
    EtcdMirror mirror;
    try {
      topic = plan.topicState(link);
      ConnectSink sink = new ConnectSink(parts(plan, link), offsets, deliveries, missing, topic);
      mirror = builder(plan, link, missing).source(source).sink(sink).build();
    } catch (RuntimeException e) {
      source.close();
      if (topic != null) {
        topic.close();
      }
      throw e;
    }
    mirror.start();
    return new LinkMirror(mirror, missing);
  }

  private static ConnectSink.Parts parts(SourcePlan plan, LinkPlan link) {
    return new ConnectSink.Parts(
        link.link(),
        link.topic(),
        plan.heartbeatTopic(),
        plan.recordType(),
        plan.largestRecord(),
        plan.isExactlyOnce());
  }

  private static EtcdMirrorBuilder builder(SourcePlan plan, LinkPlan link, MissingDeletes missing) {
    EtcdMirrorBuilder builder =
        EtcdMirror.builder()
            .link(link.link())
            .scope(link.scope())
            .recoveryPolicy(policy(plan, missing))
            .unsupportedEntries(
                plan.skipsUnsupported() ? UnsupportedEntries.SKIP : UnsupportedEntries.FAIL)
            .closeTimeout(CLOSE_TIMEOUT);
    DeleteLimit limit = plan.deleteLimit();
    return limit == null ? builder : builder.deleteLimit(limit);
  }

  /** The decision is stored with the gap, before anything is written for it. */
  private static RecoveryPolicy policy(SourcePlan plan, MissingDeletes missing) {
    if (plan.failsOnGap() || missing.areRefused()) {
      return RecoveryPolicy.fail();
    }
    return gap -> {
      missing.from(gap.from(), gap.describe());
      return RecoveryPolicy.Decision.RESYNC;
    };
  }

  /**
   * Refuses to go on if the mirror has failed, or waits for a person whom the worker does not have.
   *
   * @throws ConnectException with the reason and what to do
   */
  void requireGoingOn() {
    Throwable failure = mirror.failure().orElse(null);
    if (failure != null) {
      throw new ConnectException(
          "link '%s' failed: %s%s".formatted(mirror.link(), failure.getMessage(), cure(failure)),
          failure);
    }
    MirrorStatus status = mirror.status();
    PendingApproval pending = status.pending();
    if (status.state() == MirrorState.BLOCKED && pending != null) {
      throw new ConnectException(
          "link '%s' would delete too much: %s; look at the topic, then set delete.limit and restart the task"
              .formatted(mirror.link(), pending.reason()));
    }
  }

  private String cure(Throwable failure) {
    return failure instanceof GapException && missing.areRefused()
        ? "; deletes may be missing in the topic: " + MissingDeletes.CURE
        : "";
  }

  @Override
  public void close() {
    mirror.close();
  }
}

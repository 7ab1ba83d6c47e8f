package org.etcdmirror.service.recorder;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.SourceNotice;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.core.AppliedChanges;
import org.etcdmirror.core.GapRecord;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.ResyncReport;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.service.audit.ChangeForm;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the newest events and decisions of a mirror, without values. Batches and entries that are
 * left out have a ring of their own, so that traffic pushes out no decision. Safe for use by many
 * threads.
 */
public final class FlightRecorder implements MirrorListener {

  private static final int MOST_ENTRIES = 1_000;
  private static final long MOST_CHARACTERS = 512 * 1024;
  private static final int LONGEST_TEXT = 2_000;
  private static final JsonMapper JSON = new JsonMapper();

  private final Ring decisions;
  private final Ring traffic;
  private long number;

  /** A recorder of 1,000 entries of each kind, and at most 512 KiB of text of each. */
  public FlightRecorder() {
    this(MOST_ENTRIES, MOST_CHARACTERS);
  }

  FlightRecorder(int mostEntries, long mostCharacters) {
    this.decisions = new Ring(mostEntries, mostCharacters);
    this.traffic = new Ring(mostEntries, mostCharacters);
  }

  /** The entries as lines of JSON, the oldest first. */
  public synchronized List<String> lines() {
    return Stream.concat(decisions.entries().stream(), traffic.entries().stream())
        .sorted(Comparator.comparingLong(Ring.Entry::number))
        .map(Ring.Entry::line)
        .toList();
  }

  private void decision(String event, Consumer<ObjectNode> details) {
    add(decisions, event, details);
  }

  private synchronized void add(Ring ring, String event, Consumer<ObjectNode> details) {
    ObjectNode entry = JSON.createObjectNode();
    entry.put("time", Instant.now().toString());
    entry.put("event", event);
    details.accept(entry);
    try {
      ring.add(new Ring.Entry(number++, JSON.writeValueAsString(entry)));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(@Nullable Object any) {
    return DisplayText.of(any, LONGEST_TEXT);
  }

  @Override
  public void onResumed(@Nullable Checkpoint from) {
    decision(
        "resumed",
        entry -> {
          if (from != null) {
            entry.put("index", from.index());
            entry.put("cluster", from.clusterId());
            entry.put("notes", String.join(" ", from.notes().keySet()));
          }
        });
  }

  @Override
  public void onState(MirrorState before, MirrorState after) {
    decision("state", entry -> entry.put("before", before.name()).put("after", after.name()));
  }

  @Override
  public void onApplied(AppliedChanges changes) {
    add(
        traffic,
        "applied",
        entry -> {
          changes(entry, changes);
          if (changes.sinkIndex() > 0) {
            entry.put("sinkIndex", changes.sinkIndex());
          }
        });
  }

  @Override
  public void onUnconfirmed(AppliedChanges changes, Exception failure) {
    add(
        traffic,
        "unconfirmed",
        entry -> {
          changes(entry, changes);
          entry.put("failure", text(failure));
        });
  }

  private static void changes(ObjectNode entry, AppliedChanges changes) {
    EventBatch batch = changes.batch();
    entry.put("changes", batch.events().size());
    entry.put("throughIndex", batch.index());
    ChangeForm.addTo(entry, changes.cause());
    ChangeForm.addTo(entry.putObject("first"), batch.events().get(0));
  }

  @Override
  public void onGap(Gap gap, RecoveryPolicy.Decision decision) {
    decision("gap", entry -> gap(entry, gap).put("decision", decision.name()));
  }

  @Override
  public void onGapEnded(GapRecord gap) {
    decision(
        "gap-ended",
        entry ->
            gap(entry, gap.gap())
                .put("decision", gap.decision().name())
                .put("written", gap.written())
                .put("deleted", gap.deleted())
                .put("milliseconds", gap.duration().toMillis()));
  }

  private static ObjectNode gap(ObjectNode entry, Gap gap) {
    return entry
        .put("reason", gap.reason().name())
        .put("from", gap.from())
        .put("oldest", gap.oldest())
        .put("current", gap.current());
  }

  @Override
  public void onResync(ResyncReport report) {
    decision("resync", entry -> entry.put("report", text(report.describe())));
  }

  @Override
  public void onBlocked(PendingApproval pending) {
    decision(
        "blocked",
        entry -> {
          entry.put("reason", text(pending.reason()));
          ResyncPlan plan = pending.plan();
          if (plan != null) {
            entry.put("plan", text(plan.describe()));
          }
        });
  }

  @Override
  public void onApproved(PendingApproval given) {
    decision("approved", entry -> entry.put("reason", text(given.reason())));
  }

  @Override
  public void onVerified(VerifyReport report) {
    decision("verified", entry -> entry.put("report", text(report.describe())));
  }

  @Override
  public void onNotice(SourceNotice notice) {
    decision("notice", entry -> entry.put("notice", text(notice)));
  }

  @Override
  public void onUnsupportedEntry(UnsupportedEntryException.Refusal refusal) {
    add(
        traffic,
        "unsupported",
        entry -> entry.put("key", text(refusal.key())).put("reason", text(refusal.reason())));
  }

  @Override
  public void onRetry(Exception failure, Duration pause) {
    decision(
        "retry",
        entry -> entry.put("failure", text(failure)).put("pauseMilliseconds", pause.toMillis()));
  }

  @Override
  public void onFailed(Throwable failure) {
    decision("failed", entry -> entry.put("failure", text(failure)));
  }
}

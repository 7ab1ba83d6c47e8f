package org.etcdmirror.core.internal.resync;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.etcdmirror.core.DeleteLimitException;
import org.etcdmirror.core.ResyncReport;
import org.etcdmirror.core.SinkNotEmptyException;
import org.etcdmirror.core.TaskProgress.Step;
import org.etcdmirror.core.internal.checkpoint.Anchors;
import org.etcdmirror.core.internal.checkpoint.CheckpointKeeper;
import org.etcdmirror.core.internal.checkpoint.ExpiringKeys;
import org.etcdmirror.core.internal.checkpoint.FormerEntries;
import org.etcdmirror.core.internal.diff.MappedSnapshot;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.Shutdown;
import org.etcdmirror.core.internal.run.Sides;
import org.etcdmirror.core.internal.run.TaskMeter;
import org.etcdmirror.core.internal.snapshot.CountedSnapshot;
import org.etcdmirror.core.internal.unsupported.EntryCheck;
import org.etcdmirror.core.internal.unsupported.SnapshotFilter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the sink level with a snapshot of the source by writing what differs. Nothing is deleted
 * before everything else is written and the number of deletes is known to be allowed. Whatever goes
 * wrong, doing it again from the start is right.
 */
public final class Resync {

  private static final Logger log = LoggerFactory.getLogger(Resync.class);

  /** The number of entries that one failure names. */
  private static final int MOST_REFUSALS = 10_000;

  /** The limit of reads without a stream, if the source's history is always too short. */
  private static final int MOST_READINGS = 5;

  /**
   * The result of a resync.
   *
   * @param head the index that the sink is level with
   * @param readNanos when the source was at it, by {@link System#nanoTime()}
   * @param report what was done
   * @param newest the newest puts that the source holds
   * @param newestPut the index of the newest put of all that the source's selection holds
   * @param expiring what the source holds with a time to live
   * @param readFrom the index at or after which each key of the source was read
   * @param comparedFor why both sides are to be compared once more; null if they need not be
   */
  public record Outcome(
      SourceHead head,
      long readNanos,
      ResyncReport report,
      List<Anchors.Standing> newest,
      long newestPut,
      Set<Integer> expiring,
      long readFrom,
      Gap.@Nullable Reason comparedFor) {}

  /** Makes a batch durable. */
  @FunctionalInterface
  public interface Writer {
    void write(EventBatch batch) throws IOException, InterruptedException, Retry.StoppedException;
  }

  /** Gives the writer of a resync that closes a gap. */
  @FunctionalInterface
  public interface Writers {
    Writer of(Gap gap);
  }

  private final InspectableSource source;
  private final EventSink sink;
  private final KeyMapper mapper;
  private final boolean expiries;
  private final ExpiringKeys expiring;
  private final DeleteGuard guard;
  private final FirstLook firstLook;
  private final int maxExtras;
  private final boolean showValues;
  private final Shutdown shutdown;
  private final EntryCheck check;
  private final EntryCheck silent;
  private final Writers writers;
  private final Intake intake;
  private final String link;
  private final Progress progress;
  private final TaskMeter meter;

  public Resync(
      Settings settings,
      MirrorRuntime runtime,
      EntryCheck check,
      CheckpointKeeper keeper,
      Writers writers,
      Intake intake) {
    Sides sides = runtime.sides();
    this.intake = intake;
    this.link = settings.link();
    this.progress = runtime.progress();
    this.meter = progress.resync;
    this.source = sides.source();
    this.sink = sides.sink();
    this.mapper = sides.mapper();
    this.expiries = settings.copiesExpiry();
    this.expiring = keeper.notes().expiring();
    this.guard = new DeleteGuard(settings, sides, keeper.notes());
    this.firstLook = new FirstLook(settings, sides, keeper);
    this.maxExtras = settings.limits().deletesHeld();
    this.showValues = settings.showValues();
    this.shutdown = runtime.shutdown();
    this.check = check;
    this.silent = EntryCheck.silent(settings, runtime);
    this.writers = writers;
  }

  /**
   * Does it.
   *
   * @param formerEntries what former scopes left in the sink
   * @throws OtherHistoryException if the source is another cluster, or older than the job allows
   * @throws UnsupportedEntryException if the source holds what the sink cannot, and nothing may be
   *     left out; unless it came meanwhile, nothing was written then
   * @throws DeleteLimitException if it would delete too much, also when looked at twice
   * @throws StreamLostException if the source had to be read in chunks, and what happened meanwhile
   *     is not to be had
   * @throws SinkNotEmptyException if it needs an empty sink and this is none
   * @throws Retry.StoppedException if the mirror is to end
   */
  public Outcome run(ResyncJob job, FormerEntries formerEntries)
      throws IOException, InterruptedException, Retry.StoppedException {
    meter.wrote(job.written(), job.deleted());
    try {
      return attempt(job, formerEntries);
    } finally {
      meter.ends();
    }
  }

  private Outcome attempt(ResyncJob job, FormerEntries formerEntries)
      throws IOException, InterruptedException, Retry.StoppedException {
    long began = System.nanoTime();
    boolean doubted = false;
    boolean onlyLook = firstLook.isNeeded(job, formerEntries);
    DeleteRule rule = guard.rule(job);
    if (check.isNeeded() && !check.skips()) {
      refuseUnsupported(job);
    }
    int readings = 0;
    while (true) {
      ResyncPass pass = pass(job, formerEntries, onlyLook);
      Meanwhile meanwhile =
          onlyLook ? null : new Meanwhile(link, progress, check, writers.of(job.gap()));
      Reading reading = walk(pass, meanwhile, job, formerEntries, doubted && onlyLook);
      if (meanwhile != null && !reading.finish()) {
        requireAnotherReading(job, ++readings);
      } else if (guard.refuses(pass, rule, job)) {
        if (doubted) {
          throw guard.refused(job, pass.refused(rule));
        }
        log.warn(
            LogEvent.RESYNC_AGAIN.marker(),
            "[link={}] {}; reading both sides once more, to be sure",
            link,
            pass.refusal(rule));
        doubted = true;
        onlyLook = true;
      } else if (onlyLook) {
        rule = guard.looked(job, pass);
        onlyLook = false;
      } else if (delete(pass) && !pass.mayHoldMore()) {
        pass.finish();
        SourceHead head = reading.reached();
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        ResyncReport report =
            new ResyncReport(
                job.gap(), head.index(), pass.sourceEntries(), job.written(), job.deleted(), took);
        return new Outcome(
            head,
            reading.readNanos(),
            report,
            pass.newest(),
            pass.newestPut(),
            pass.expiring(),
            reading.readFrom(),
            meanwhile == null ? null : meanwhile.comparedFor());
      }
    }
  }

  /**
   * The approval that a job would need now; null if none. Writes nothing.
   *
   * @throws OtherHistoryException if the source is another cluster, or older than the job allows
   */
  public @Nullable RefusedDeletes look(ResyncJob job, FormerEntries formerEntries)
      throws IOException, InterruptedException, Retry.StoppedException {
    ResyncPass pass =
        new ResyncPass(
            mapper, formerEntries, silent, expiring, null, maxExtras, showValues, shutdown);
    meter.wrote(job.written(), job.deleted());
    try {
      walk(pass, null, job, formerEntries, false);
    } finally {
      meter.ends();
    }
    DeleteRule rule = guard.ruleOfQuestion(job);
    return guard.refuses(pass, rule, job) ? pass.refused(rule) : null;
  }

  private ResyncPass pass(ResyncJob job, FormerEntries formerEntries, boolean onlyLook) {
    Writer writer = writers.of(job.gap());
    Writer counted =
        batch -> {
          writer.write(batch);
          job.done(batch, formerEntries);
          meter.wrote(job.written(), job.deleted());
        };
    return new ResyncPass(
        mapper,
        formerEntries,
        check,
        expiring,
        onlyLook ? null : counted,
        maxExtras,
        showValues,
        shutdown);
  }

  private boolean delete(ResyncPass pass)
      throws IOException, InterruptedException, Retry.StoppedException {
    if (!pass.isWithoutExtras()) {
      meter.begins(Step.DELETE, pass.rememberedExtras(), System.nanoTime());
    }
    return pass.delete();
  }

  /**
   * All is written, but of no one index; with luck the next reading is, as it has less to write.
   */
  private void requireAnotherReading(ResyncJob job, int readings) {
    if (readings >= MOST_READINGS) {
      throw new PermanentException(
          "source's history was compacted during the read, %d times in a row; the sink holds every entry, but not the state of one index, and nothing was deleted: run the mirror continuously, or compact less often"
              .formatted(readings));
    }
    log.info(
        LogEvent.RESYNC_AGAIN.marker(),
        "[link={}] source was compacted during the read; reading it again: {}",
        link,
        job.gap().describe());
  }

  /** Searches the source before anything is written, so that a refused resync writes nothing. */
  private void refuseUnsupported(ResyncJob job)
      throws IOException, InterruptedException, Retry.StoppedException {
    List<Refusal> refusals = new ArrayList<>();
    SnapshotFilter filter = new SnapshotFilter(check);
    meter.begins(Step.LOOK, 0, System.nanoTime());
    try (Snapshot whole = open(job, false);
        Snapshot from = new MappedSnapshot(looked(whole, job).over(whole), mapper)) {
      for (Entry entry = from.next();
          entry != null && refusals.size() < MOST_REFUSALS;
          entry = from.next()) {
        shutdown.throwIfBegun();
        Refusal refusal = filter.refusal(entry);
        if (refusal != null) {
          check.tell(refusal);
          refusals.add(refusal);
        }
      }
    }
    if (!refusals.isEmpty()) {
      throw new UnsupportedEntryException(refusals);
    }
  }

  private Snapshot open(ResyncJob job, boolean doubted) throws IOException, InterruptedException {
    Selection selection = mapper.selection();
    Reading.dropIfDue(intake, job);
    Snapshot from = doubted ? source.secondSnapshot(selection) : source.snapshot(selection);
    SourceHead head = from.head();
    if (!head.clusterId().equals(job.clusterId()) || head.index() < job.notBefore()) {
      from.close();
      throw new OtherHistoryException(
          "snapshot and stream of the source are from different histories: snapshot cluster %s at index %d, stream cluster %s at %d"
              .formatted(head.clusterId(), head.index(), job.clusterId(), job.notBefore()));
    }
    return new CountedSnapshot(from, meter);
  }

  /** A reading that leaves what happens meanwhile to the next one. */
  private Reading looked(Snapshot from, ResyncJob job) {
    return new Reading(intake, job, mapper, from.head(), System.nanoTime(), null, null);
  }

  private Reading walk(
      ResyncPass pass,
      @Nullable Meanwhile meanwhile,
      ResyncJob job,
      FormerEntries formerEntries,
      boolean doubted)
      throws IOException, InterruptedException, Retry.StoppedException {
    long readNanos = System.nanoTime();
    meter.begins(meanwhile == null ? Step.LOOK : Step.COPY, 0, readNanos);
    try (Snapshot whole = open(job, doubted)) {
      Reading reading =
          meanwhile == null
              ? looked(whole, job)
              : new Reading(intake, job, mapper, whole.head(), readNanos, pass, meanwhile);
      Snapshot from = reading.over(whole);
      if (sink instanceof ReadableSink readable) {
        try (Snapshot to = formerEntries.snapshot(readable, expiries)) {
          pass.walk(from, to);
        }
      } else {
        pass.walk(from, null);
      }
      return reading;
    }
  }
}

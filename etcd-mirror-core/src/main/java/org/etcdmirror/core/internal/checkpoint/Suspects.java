package org.etcdmirror.core.internal.checkpoint;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.OutcomeUnknownException;
import org.etcdmirror.api.OutcomeUnknownException.Touched;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.run.Backoff;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.Settings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the keys that writes of unknown outcome touched, until late effects are impossible. They
 * are stored with each checkpoint, and the {@link CheckpointKeeper} stores it before it sends the
 * next write.
 *
 * <p>A process that dies with writes under way cannot say which. So while a run writes to a sink
 * with late effects, its checkpoint has the note {@code writing}; the run that finds it takes
 * everything for suspect. Bounded: more than {@link #MOST} suspects, or very long keys, become
 * "everything", and a comparison is asked for. Used by the applier's thread alone.
 */
public final class Suspects {

  private static final Logger log = LoggerFactory.getLogger(Suspects.class);

  /** So many keys and trees are kept one by one. */
  public static final int MOST = 1000;

  /** So many bytes of keys are kept; the note is written with the checkpoint. */
  private static final long MOST_BYTES = 256 * 1024;

  /** A checkpoint may name endpoints that there never were; each costs comparisons. */
  private static final int MOST_GROUPS = 100;

  private static final String WRITING = "writing";

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final String link;
  private final Progress progress;
  private final Backoff.Range pauses;

  /** Whether what is lost here may have an effect at all: a fence refuses it. */
  private final boolean areKept;

  /** Whether a write may have an effect after the process that sent it has ended. */
  private final boolean isMarked;

  private final Map<String, SuspectGroup> groups = new LinkedHashMap<>();
  private boolean writing;
  private boolean overflowed;

  /** The note as it is to be stored next; null for none. */
  private @Nullable String note;

  @SuppressWarnings("ReferenceEquality") // The sink may be the store itself.
  Suspects(Settings settings, MirrorRuntime runtime) {
    this.link = settings.link();
    this.progress = runtime.progress();
    this.pauses = pauses(settings.timings().backoff());
    EventSink sink = runtime.sides().sink();
    this.areKept = !(sink instanceof AtomicSink && sink == runtime.sides().indexStore());
    this.isMarked = areKept && !sink.lateEffects().isZero();
  }

  /** An endpoint that is back should be seen soon. */
  private static Backoff.Range pauses(Backoff.Range usual) {
    boolean isLong = usual.longest().compareTo(LONGEST_PAUSE) > 0;
    return new Backoff.Range(usual.first(), isLong ? LONGEST_PAUSE : usual.longest());
  }

  /** Whether a checkpoint's notes are not what they are to be before the next write. */
  boolean isNews(Map<String, String> notes) {
    return areKept
        && (!Objects.equals(notes.get(SuspectsNote.NAME), note)
            || notes.containsKey(WRITING) != writing);
  }

  /** The names of the notes that it writes. */
  static List<String> names() {
    return List.of(SuspectsNote.NAME, WRITING);
  }

  /** The mirror goes on from this checkpoint: all times begin anew. */
  void loaded(Checkpoint stored) {
    groups.clear();
    String text = stored.notes().get(SuspectsNote.NAME);
    if (text != null) {
      for (SuspectsNote.Lost lost : SuspectsNote.parse(text)) {
        group(lost.endpoint(), lost.since()).add(lost.suspects());
      }
      if (isTooMuch()) {
        log.warn(
            LogEvent.SUSPECTS_TOO_MANY.marker(),
            "[link={}] too many suspects in the checkpoint, comparing all entries: suspects={} endpoints={}",
            link,
            count(),
            groups.size());
        groups.clear();
        group("", Instant.now()).replaceByEverything();
      }
    }
    if (isMarked && stored.notes().containsKey(WRITING)) {
      log.warn(
          LogEvent.SUSPECTS_ALL.marker(),
          "[link={}] the last run stopped during its writes; comparing all entries once late writes are impossible",
          link);
      SuspectGroup unknown = group("", Instant.now());
      unknown.replaceByEverything();
      unknown.compareOnlyLate();
    }
    changed();
  }

  /** Puts its notes into a checkpoint's. */
  void note(Map<String, String> notes) {
    notes.remove(WRITING);
    notes.remove(SuspectsNote.NAME);
    if (writing) {
      notes.put(WRITING, "since the last stop in good order");
    }
    if (note != null) {
      notes.put(SuspectsNote.NAME, note);
    }
  }

  /** Something is to be sent: from now on a process that dies may leave late effects. */
  void writes() {
    writing = isMarked;
  }

  /** Records that no write is in flight except those among the suspects. */
  public void ends() {
    writing = false;
  }

  /** A write was lost. */
  void add(OutcomeUnknownException lost) {
    if (!areKept) {
      return;
    }
    for (Touched touched : lost.touched()) {
      SuspectGroup known = groups.get(touched.endpoint());
      if (known == null) {
        log.warn(
            LogEvent.SUSPECTS_ADDED.marker(),
            "[link={}] outcome of a write is unknown; comparing the keys it touched until a late write is impossible: key='{}' endpoint={}",
            link,
            touched.key(),
            touched.endpoint().isEmpty() ? "the sink" : touched.endpoint());
      }
      group(touched.endpoint(), Instant.now()).add(List.of(Suspect.of(touched)));
    }
    if (isTooMuch()) {
      log.warn(
          LogEvent.SUSPECTS_TOO_MANY.marker(),
          "[link={}] too many suspects, comparing all entries: limit={}",
          link,
          MOST);
      groups.values().forEach(SuspectGroup::replaceByEverything);
      overflowed = true;
    }
    changed();
  }

  private SuspectGroup group(String endpoint, Instant since) {
    return groups.computeIfAbsent(endpoint, one -> new SuspectGroup(one, since, pauses));
  }

  /** No late effect of these is possible any more. */
  public void clear(SuspectGroup group) {
    groups.remove(group.endpoint(), group);
    log.info(
        LogEvent.SUSPECTS_CLEARED.marker(),
        "[link={}] suspects cleared, late writes are impossible: suspects={} endpoint={}",
        link,
        group.suspects().size(),
        group.endpoint().isEmpty() ? "the sink" : group.endpoint());
    changed();
  }

  /** Whether there were too many since this was asked last. */
  public boolean takeOverflow() {
    boolean was = overflowed;
    overflowed = false;
    return was;
  }

  public boolean isEmpty() {
    return groups.isEmpty();
  }

  /** Those for which something is to be done now. */
  public List<SuspectGroup> due() {
    return groups.isEmpty()
        ? List.of()
        : groups.values().stream().filter(SuspectGroup::isDue).toList();
  }

  private Stream<Suspect> all() {
    return groups.values().stream().map(SuspectGroup::suspects).flatMap(Collection::stream);
  }

  private boolean isTooMuch() {
    return groups.size() > MOST_GROUPS || count() > MOST || bytes() > MOST_BYTES;
  }

  private int count() {
    return (int) all().count();
  }

  private long bytes() {
    return all().mapToLong(suspect -> suspect.key().size()).sum()
        + groups.keySet().stream().mapToLong(String::length).sum();
  }

  private void changed() {
    note = groups.isEmpty() ? null : SuspectsNote.format(groups.values());
    progress.suspects(
        groups.values().stream()
            .map(SuspectGroup::since)
            .min(Comparator.naturalOrder())
            .map(since -> new MirrorStatus.Suspects(count(), since, List.copyOf(groups.keySet())))
            .orElse(null));
  }
}

package org.etcdmirror.core.internal.unsupported;

import java.util.HashSet;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.UnsupportedEntries;
import org.etcdmirror.core.internal.checkpoint.CheckpointScope;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.Settings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides from an entry alone whether the sink can hold it, and remembers left-out entries. Used by
 * the applier's thread alone.
 */
public final class EntryCheck {

  private static final Logger log = LoggerFactory.getLogger(EntryCheck.class);

  /** The limit of keys that are reported, each once. More are only counted. */
  private static final int MOST_TOLD = 10_000;

  private final String link;
  private final CheckpointScope scope;
  private final EntryRules rules;
  private final UnsupportedEntries option;
  private final boolean silent;
  private final Progress progress;
  private final MirrorListener listener;
  private final Shadows shadows = new Shadows();
  private final Set<Bytes> told = new HashSet<>();

  public EntryCheck(Settings settings, MirrorRuntime runtime) {
    this(settings, runtime, settings.unsupportedEntries(), false);
  }

  private EntryCheck(
      Settings settings, MirrorRuntime runtime, UnsupportedEntries option, boolean silent) {
    this.link = settings.link();
    this.scope = CheckpointScope.of(settings);
    this.rules = new EntryRules(runtime.sides().mapper(), runtime.sides().sink());
    this.option = option;
    this.silent = silent;
    this.progress = runtime.progress();
    this.listener = runtime.listener();
  }

  /**
   * A check that leaves entries out without a log line or a listener call, for plans and
   * verifications.
   */
  public static EntryCheck silent(Settings settings, MirrorRuntime runtime) {
    return new EntryCheck(settings, runtime, UnsupportedEntries.SKIP, true);
  }

  public EntryRules rules() {
    return rules;
  }

  public boolean isNeeded() {
    return rules.areNeeded();
  }

  public boolean findsClashes() {
    return rules.findClashes();
  }

  public boolean skips() {
    return option == UnsupportedEntries.SKIP;
  }

  /** Values that hold the place of others which were left out. */
  public Shadows shadows() {
    return shadows;
  }

  /** Why the sink can never hold the entry, which bears the sink's key; null if it may. */
  @Nullable Refusal refusal(Entry entry) {
    return rules.refusal(entry);
  }

  /** Whether there can be such a key in the sink. */
  boolean isNameable(Bytes key) {
    return refusal(new Put(key, Bytes.EMPTY, 0, null)) == null;
  }

  public static Refusal shadowed(Bytes key, Bytes above) {
    return new Refusal(key, "its parent '" + above + "' holds a value", above);
  }

  /** Reports an entry that is left out or that causes a failure; each key once. */
  public void tell(Refusal refusal) {
    if (silent || told.size() >= MOST_TOLD || !told.add(refusal.key())) {
      return;
    }
    log.warn(
        LogEvent.ENTRY_UNSUPPORTED.marker(),
        "[link={}] sink cannot hold key '{}': {}",
        link,
        refusal.key(),
        refusal.reason());
    if (told.size() == MOST_TOLD) {
      log.warn(
          LogEvent.ENTRY_UNSUPPORTED.marker(),
          "[link={}] sink cannot hold more keys; counting them without logging",
          link);
    }
    listener.onUnsupportedEntry(refusal);
  }

  public void leftOut(long entries) {
    progress.counters.unsupportedEntries.addAndGet(entries);
  }

  /** The scope text of a checkpoint. */
  public String checkpointScope() {
    return scope.level();
  }
}

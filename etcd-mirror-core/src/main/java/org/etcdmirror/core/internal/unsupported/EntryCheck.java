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
import org.etcdmirror.core.internal.run.Parts;
import org.etcdmirror.core.internal.run.Progress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which entries the sink cannot hold, told from the entry alone, and what was left out. Used by the
 * applier's thread alone.
 */
public final class EntryCheck {

  private static final Logger log = LoggerFactory.getLogger(EntryCheck.class);

  /** How many keys are told of, each once; more are only counted. */
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

  public EntryCheck(Parts parts) {
    this(parts, parts.unsupportedEntries(), false);
  }

  private EntryCheck(Parts parts, UnsupportedEntries option, boolean silent) {
    this.link = parts.link();
    this.scope = CheckpointScope.of(parts);
    this.rules = new EntryRules(parts.mapper(), parts.sink());
    this.option = option;
    this.silent = silent;
    this.progress = parts.progress();
    this.listener = parts.listener();
  }

  /** One that leaves out and tells nobody, for whoever only looks. */
  public static EntryCheck silent(Parts parts) {
    return new EntryCheck(parts, UnsupportedEntries.SKIP, true);
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

  /** Tells of an entry that is left out or the reason of a failure; of each key once. */
  public void tell(Refusal refusal) {
    if (silent || told.size() >= MOST_TOLD || !told.add(refusal.key())) {
      return;
    }
    log.warn("[link={}] sink cannot hold key '{}': {}", link, refusal.key(), refusal.reason());
    if (told.size() == MOST_TOLD) {
      log.warn("[link={}] sink cannot hold more keys; counting them without logging", link);
    }
    listener.onUnsupportedEntry(refusal);
  }

  public void leftOut(long entries) {
    progress.unsupportedEntries.addAndGet(entries);
  }

  /** What a checkpoint bears as its scope. */
  public String checkpointScope() {
    return scope.level();
  }
}

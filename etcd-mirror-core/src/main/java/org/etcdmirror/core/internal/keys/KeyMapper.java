package org.etcdmirror.core.internal.keys;

import static org.etcdmirror.api.KeyModel.PATHS;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.LoopException;
import org.etcdmirror.core.MirrorScope;
import org.jspecify.annotations.Nullable;

/**
 * A scope, bound to how the source and the sink name their keys. The one place where a source's key
 * becomes a sink's, for live events and snapshots alike: an exclude looks at the source's key, then
 * the transform has its say, the exclude looks at what that made up, and a rule replaces the
 * prefix. If either side names its keys by paths, prefixes are paths on both. What mirrors remember
 * is no data on either side.
 */
public final class KeyMapper {

  private static final Bytes ROOT = Bytes.utf8("/");
  private final MirrorScope scope;
  private final BoundRules rules;
  private final PrefixCheck prefixes;
  private final BoundExcludes excludes;
  private final KeyModel sourceModel;
  private final KeyModel sinkModel;

  private final boolean keepExpiry;
  private final TransformStep transform;
  private final HiddenKeys hidden;
  private final boolean mayMakeOwn;
  private final KeyEvents events;
  private volatile OwnText ownText = OwnText.NONE;

  /** Binds a scope, for a sink that keeps nothing where only it knows. */
  public KeyMapper(
      MirrorScope scope, KeyModel sourceModel, KeyModel sinkModel, ExpiryPolicy expiry) {
    this(scope, sourceModel, sinkModel, expiry, List.of());
  }

  /**
   * Binds a scope.
   *
   * @param sinkKeys {@link org.etcdmirror.api.EventSink#ownKeys}
   * @throws IllegalArgumentException as {@link BoundRules} does, and if a prefix is the mirrors'
   *     own
   */
  public KeyMapper(
      MirrorScope scope,
      KeyModel sourceModel,
      KeyModel sinkModel,
      ExpiryPolicy expiry,
      Collection<Bytes> sinkKeys) {
    this.scope = scope;
    this.sourceModel = sourceModel;
    this.sinkModel = sinkModel;
    this.keepExpiry = expiry == ExpiryPolicy.COPY;
    this.transform = new TransformStep(scope.transform());
    this.rules = new BoundRules(scope.rules(), sourceModel, sinkModel, eventModel());
    this.prefixes = new PrefixCheck(rules.all());
    this.excludes = new BoundExcludes(scope.excludes(), rules.model());
    this.hidden = new HiddenKeys(sinkKeys);
    hidden.refuse(rules.all());
    this.mayMakeOwn = hidden.mayBeMade(rules, transform.renames());
    this.events = new KeyEvents(this, rules, transform, hidden);
  }

  /** What is read of the source. */
  public Selection selection() {
    return new Selection(sourcePrefixes(), keepExpiry);
  }

  /** From now on these keys of the source are taken for no data; may be told by any thread. */
  public void hideInSource(Collection<Bytes> keys) {
    hidden.alsoInSource(keys);
  }

  /** From now on an entry in scope that holds this text ends the mirror; for any thread. */
  public void refuseText(OwnText text) {
    ownText = text;
  }

  /**
   * Looks at a put of the source that is in scope.
   *
   * @throws LoopException if the mirror wrote it itself
   */
  void refuseOwn(Put put) {
    ownText.refuse(put);
  }

  /** Whether the sink's key keeps what mirrors remember. */
  public boolean isOwnInSink(Bytes sinkKey) {
    return hidden.inSink(sinkKey);
  }

  /** Whether an entry of the source may get a name in the sink that is the mirrors' own. */
  public boolean mayMakeOwn() {
    return mayMakeOwn;
  }

  public List<Bytes> sourcePrefixes() {
    return rules.sources();
  }

  public List<Bytes> targetPrefixes() {
    return rules.targets();
  }

  /**
   * A prefix of the sink as those of the rules are understood.
   *
   * @throws IllegalArgumentException if it is none
   */
  public Bytes sinkPrefix(Bytes prefix) {
    return rules.model() == PATHS ? BoundRules.path(prefix) : prefix;
  }

  public MirrorScope scope() {
    return scope;
  }

  /** The rules, with prefixes as they are understood. */
  public List<MirrorScope.Rule> rules() {
    return rules.all();
  }

  public KeyModel sourceModel() {
    return sourceModel;
  }

  public KeyModel sinkModel() {
    return sinkModel;
  }

  /** The key model of mapped events. Renamed keys have no structure. */
  public KeyModel eventModel() {
    return renames() ? KeyModel.BYTES : sourceModel;
  }

  /** Whether times to live are copied. */
  boolean keepsExpiry() {
    return keepExpiry;
  }

  /** Whether keys may change in more than their prefix. */
  public boolean renames() {
    return transform.renames();
  }

  /** Whether the sink is to have the directories of the source. */
  public boolean mirrorsDirectories() {
    return eventModel() == PATHS && sinkModel == PATHS;
  }

  /** Whether keys without structure become paths. */
  public boolean makesPaths() {
    return eventModel() != PATHS && sinkModel == PATHS;
  }

  /** Whether the two sides may name their keys differently. */
  public boolean changesModel() {
    return sourceModel != sinkModel || renames();
  }

  /** What a prefix covers, on both sides: paths where either side names its keys by paths. */
  public KeyModel prefixModel() {
    return rules.model();
  }

  /** The excludes and their counts. */
  public BoundExcludes excludes() {
    return excludes;
  }

  /** Warns of rules that are probably mistakes, before anything is read. */
  public void warnOfRules(String link) {
    if (rules.model() != PATHS) {
      prefixes.warnOfSlashes(link);
    }
  }

  /** Warns of prefixes and excludes that matched nothing. Called when the source was read. */
  public void warnOfUnmatched(String link) {
    prefixes.warnOfEmpty(link);
    excludes.judge(link);
  }

  /** The place of the rule that covers a sink key, or -1. */
  public int targetRule(Bytes key) {
    return rules.ofTarget(key);
  }

  /** Adds to {@code out} the sink's entries for a source's entry; none if it is to hold none. */
  public void mapEntry(Entry entry, List<Entry> out) {
    prefixes.found(rules.ofSource(entry.key()), entry);
    if (!isTaken(entry.key())) {
      leftOut(entry.key());
      return;
    }
    excludes.mirrored(entry.key());
    if (entry instanceof Put put) {
      refuseOwn(put);
    }
    if (entry instanceof Put put && transform.isPresent()) {
      for (Put made : transform.apply(put, transform.keys(put.key())).values()) {
        Bytes key = target(made.key());
        if (key != null) {
          out.add(entry(made, key));
        }
      }
    } else if (entry instanceof Put || mirrorsDirectories()) {
      Bytes key = rules.toTarget(entry.key());
      if (entry instanceof Put || !key.equals(ROOT)) {
        out.add(entry(entry, key));
      }
    }
  }

  /** The entry as the sink is to hold it at a key. */
  Entry entry(Entry entry, Bytes key) {
    Entry mapped = entry.withKey(key);
    return keepExpiry ? mapped : mapped.withoutExpiry();
  }

  /** Whether a key of the source is mirrored. */
  boolean isTaken(Bytes sourceKey) {
    return isMirrored(sourceKey) && !hidden.inSource(sourceKey);
  }

  private boolean isMirrored(Bytes sourceKey) {
    return rules.ofSource(sourceKey) >= 0 && !excludes.matches(sourceKey);
  }

  private void leftOut(Bytes sourceKey) {
    if (rules.ofSource(sourceKey) >= 0) {
      excludes.leftOut(sourceKey);
    }
  }

  /** The sink's key for a key as the source would name it, or null if it is out of scope. */
  @Nullable Bytes target(Bytes sourceKey) {
    return isMirrored(sourceKey) ? rules.toTarget(sourceKey) : null;
  }

  /** Every key of the sink that may hold something of a source's key; none if out of scope. */
  public List<Bytes> held(Bytes sourceKey) {
    List<Bytes> held = new ArrayList<>();
    if (isTaken(sourceKey)) {
      for (Bytes key : transform.keys(sourceKey)) {
        Bytes target = target(key);
        if (target != null) {
          held.add(target);
        }
      }
    }
    return held;
  }

  /** The exception for several source keys that become one sink key. */
  public PermanentException collision(Set<Bytes> sources, Bytes sinkKey) {
    return transform.collision(sources, sinkKey);
  }

  /** Why a sink of paths cannot hold the sink's key; a source of paths has no such keys. */
  @Nullable
  public String refusal(Bytes sinkKey) {
    return makesPaths() ? PathNames.flaw(sinkKey) : null;
  }

  /**
   * Adds to {@code out} what a source's event means for the sink: nothing if it is out of scope.
   */
  public void map(MirrorEvent event, List<MirrorEvent> out) {
    events.map(event, out);
    if (event instanceof Put && !excludes.isEmpty()) {
      if (isTaken(event.key())) {
        excludes.mirrored(event.key());
      } else {
        leftOut(event.key());
      }
    }
  }

  /** Whether a deleted tree concerns the scope and its keys in the sink are unknown. */
  public boolean needsComparison(DeleteTree tree) {
    return renames()
        && !hidden.inSource(tree.key())
        && (rules.ofSource(tree.key()) >= 0 || !rules.below(tree.key()).isEmpty());
  }

  /** Whether the sink's key is the mirror's to change. */
  public boolean owns(Bytes sinkKey) {
    return targetRule(sinkKey) >= 0
        && !hidden.inSink(sinkKey)
        && !excludes.matches(rules.toSource(sinkKey));
  }

  /**
   * The source's key of which the sink's key is the copy; null where only a look at the whole
   * source tells.
   */
  @Nullable
  public Bytes sourceKey(Bytes sinkKey) {
    return targetRule(sinkKey) < 0 || renames() ? null : rules.toSource(sinkKey);
  }

  /** The order of the sink's keys in snapshots. */
  public Comparator<Bytes> targetOrder() {
    return Comparator.<Bytes>comparingInt(this::targetRule)
        .thenComparing(Comparator.naturalOrder());
  }

  /** The order of the source's keys in snapshots. */
  public Comparator<Bytes> sourceOrder() {
    return Comparator.<Bytes>comparingInt(rules::ofSource).thenComparing(Comparator.naturalOrder());
  }
}

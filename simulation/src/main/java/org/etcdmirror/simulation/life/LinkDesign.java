package org.etcdmirror.simulation.life;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.Standby;
import org.etcdmirror.simulation.model.V2Store;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.jspecify.annotations.Nullable;

/** The options of the mirrors of one life: drawn once, but for the scope that a restart changes. */
final class LinkDesign {

  static final String LINK = "life";

  /** The link that brings back what is written after a cut-over. */
  static final String BACK = "life-back";

  /** The prefix that each scope has. */
  static final String CONF = "/conf";

  /** The prefix that some scopes have. */
  static final String MORE = "/more";

  /**
   * Some lives leave these out: clients of v2 write below the first, those of v3 below the other.
   */
  private static final List<String> EXCLUDES = List.of(CONF + "/a", CONF + "/d1");

  /** Nothing below it is mirrored in any life. */
  static final String OTHER = "/other";

  /** Seeds that are near each other would begin with like numbers. */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private final Scheduler scheduler = Scheduler.current();
  private final Random random;
  private final boolean changesScope;
  private final boolean namesFormer;
  private final ExpiryPolicy expiries;
  private final @Nullable DeleteLimit deleteLimit;
  private final List<String> excluded;
  private final Map<String, List<String>> scopes = new HashMap<>();
  private List<String> scope = List.of(CONF);

  /**
   * Draws the options.
   *
   * @param seed the life's: what is drawn from it leaves the other numbers of a life as they were
   */
  LinkDesign(Random random, long seed) {
    this.random = random;
    this.excluded = new Random(~seed * SPREAD).nextInt(4) == 0 ? EXCLUDES : List.of();
    this.changesScope = random.nextInt(3) == 0;
    this.namesFormer = random.nextBoolean();
    this.expiries = random.nextInt(3) == 0 ? ExpiryPolicy.COPY : ExpiryPolicy.FOLLOW_SOURCE;
    this.deleteLimit = random.nextBoolean() ? null : DeleteLimit.keys(1 + random.nextInt(4));
  }

  /** In some lives the next mirror has another scope, sometimes; returns whether it has. */
  boolean mayChangeScope() {
    boolean changes = changesScope && random.nextBoolean();
    if (changes) {
      scope = scope.size() == 1 ? List.of(CONF, MORE) : List.of(CONF);
      scheduler.note("scope " + scope);
    }
    return changes;
  }

  /** A mirror as it is set up now. */
  EtcdMirror mirror(Side source, Side sink, MirrorListener listener) {
    return builder(source, sink, listener).build();
  }

  /** One of several mirrors of the link, which stand by for each other. */
  EtcdMirror member(Side source, Side sink, MirrorListener listener, Standby standby) {
    return builder(source, sink, listener).standby(standby).build();
  }

  private EtcdMirrorBuilder builder(Side source, Side sink, MirrorListener listener) {
    EtcdMirrorBuilder builder =
        EtcdMirror.builder()
            .link(LINK)
            .source(source.source())
            .sink(sink.sink())
            .scope(mirrorScope())
            .expiryPolicy(expiries)
            .listener(listener);
    if (deleteLimit != null) {
      builder.deleteLimit(deleteLimit);
    }
    if (namesFormer && !scope.contains(MORE)) {
      builder.formerPrefix(MORE);
    }
    return builder;
  }

  /** A mirror of the inverse scope. */
  EtcdMirror wayBack(Side from, Side to) {
    return EtcdMirror.builder()
        .link(BACK)
        .source(from.source())
        .sink(to.sink())
        .scope(mirrorScope().inverse())
        .expiryPolicy(expiries)
        .build();
  }

  private MirrorScope mirrorScope() {
    MirrorScope.Builder builder = MirrorScope.builder();
    scope.forEach(builder::prefix);
    excluded.forEach(builder::excludePrefix);
    MirrorScope built = builder.build();
    scopes.put(built.fingerprint(expiries), scope);
    return built;
  }

  /** The prefixes that are mirrored now. */
  List<String> scope() {
    return scope;
  }

  /**
   * The prefixes that a checkpoint names by its scope.
   *
   * @param fingerprint that of a mirror of this life
   */
  List<String> scopeOf(String fingerprint) {
    return scopes.getOrDefault(fingerprint, List.of(CONF));
  }

  /** The prefixes that are mirrored at some time of this life. */
  List<String> owned() {
    return changesScope ? List.of(CONF, MORE) : List.of(CONF);
  }

  /** Whether a key is mirrored at some time of this life. */
  boolean owns(String key) {
    return isIncluded(key) && owned().stream().anyMatch(prefix -> V2Store.covers(prefix, key));
  }

  /** Whether a key is mirrored now. */
  boolean mirrors(String key) {
    return isIncluded(key) && scope.stream().anyMatch(prefix -> V2Store.covers(prefix, key));
  }

  /** Whether no exclude matches a key. */
  boolean isIncluded(String key) {
    return excluded.stream().noneMatch(prefix -> V2Store.covers(prefix, key));
  }

  /** The values of one side that are mirrored now, by key. */
  Map<String, String> mirroredValues(Side side) {
    return included(side.values(scope));
  }

  /** What is mirrored now of one side, directories too. */
  Map<String, String> mirroredEntries(Side side) {
    return included(side.entries(scope));
  }

  private Map<String, String> included(Map<String, String> all) {
    all.keySet().removeIf(key -> !isIncluded(key));
    return all;
  }

  /** The prefixes that no mirror of this life writes to. */
  List<String> beside() {
    List<String> prefixes = new ArrayList<>(List.of("/foreign"));
    prefixes.addAll(excluded);
    if (!changesScope) {
      prefixes.add(MORE);
    }
    return prefixes;
  }

  boolean copiesExpiry() {
    return expiries == ExpiryPolicy.COPY;
  }

  /** Whether a resync may delete from a former prefix without an approval. */
  boolean namesFormer() {
    return namesFormer;
  }

  DeleteLimit deleteLimit() {
    return deleteLimit == null ? DeleteLimit.DEFAULT : deleteLimit;
  }
}

package org.etcdmirror.service.run;

import org.etcdmirror.api.ElectingSink;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.Standby;
import org.etcdmirror.core.Verification;
import org.etcdmirror.service.config.Given;
import org.etcdmirror.service.config.Policies;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.config.UsageException;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a mirror. Nothing is connected yet.
 *
 * @param settings the options
 * @param source where to read from
 * @param sink where to write to
 * @param store where the index is stored; the sink itself if it can
 * @param scope what is mirrored
 * @param name its name in logs and metrics, and of its index in the sink
 */
public record Link(
    Settings settings,
    EventSource source,
    EventSink sink,
    IndexStore store,
    MirrorScope scope,
    String name)
    implements AutoCloseable {

  /** Returns the prefixes for a person. */
  public String label() {
    String prefixes = scope.toString();
    return prefixes.isEmpty() ? "(everything)" : prefixes;
  }

  /**
   * Makes the mirror, which owns these parts from now on.
   *
   * @throws UsageException if the settings do not fit each other
   */
  public EtcdMirror mirror(MirrorListener... listeners) {
    return member(null, listeners);
  }

  /**
   * Makes the mirror as one of several members of the link, which owns these parts from now on.
   *
   * @param standby which member it is; null for the only one
   * @throws UsageException if the settings do not fit each other
   */
  public EtcdMirror member(@Nullable Standby standby, MirrorListener... listeners) {
    Policies policies = settings.policies();
    EtcdMirrorBuilder builder =
        EtcdMirror.builder()
            .link(name)
            .source(source)
            .sink(sink)
            .scope(scope)
            .recoveryPolicy(policies.recovery())
            .expiryPolicy(policies.expiry())
            .unsupportedEntries(policies.unsupported())
            .catchUp(policies.catchUp());
    if (settings.indexFile() != null) {
      builder.indexStore(store);
    }
    if (policies.comparesAtStart()) {
      requireReadableSink();
      builder.compareAtStart();
    }
    DeleteLimit limit = policies.deleteLimit();
    if (limit != null) {
      requireReadableSink();
      builder.deleteLimit(limit);
    }
    Integer maxWrites = policies.maxWritesPerSecond();
    if (maxWrites != null) {
      builder.maxWritesPerSecond(maxWrites);
    }
    if (policies.requiresEmpty()) {
      requireReadableSink();
      builder.requireEmptySink();
    }
    if (settings.showsValues()) {
      builder.showValues();
    }
    addFormerPrefixes(builder);
    Verification verification = policies.verification();
    if (verification != null) {
      requireReadableSink();
      builder.verification(verification);
    }
    if (standby != null) {
      requireElectingSink();
      builder.standby(standby);
    }
    for (MirrorListener listener : listeners) {
      builder.listener(listener);
    }
    try {
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw settings.prefixes().get(0).wrong(e);
    }
  }

  private void addFormerPrefixes(EtcdMirrorBuilder builder) {
    for (Given given : settings.policies().formerPrefixes()) {
      requireReadableSink();
      boolean isPath = source.keyModel() == KeyModel.PATHS || sink.keyModel() == KeyModel.PATHS;
      if (isPath && !given.text().startsWith("/")) {
        throw given.wrong("prefix '" + given.text() + "' must begin with a slash");
      }
      builder.formerPrefix(given.text());
    }
  }

  private void requireElectingSink() {
    if (!(sink instanceof ElectingSink)) {
      throw new UsageException(
          "--standby: '%s' cannot decide who leads; --standby needs a sink of etcd v2 or v3"
              .formatted(settings.sink().text()));
    }
    if (settings.indexFile() != null) {
      throw new UsageException("--standby: all members need one index; use --index-store target");
    }
  }

  /** Refuses a sink that cannot be read, for what compares both sides. */
  public void requireReadableSink() {
    if (!(sink instanceof ReadableSink)) {
      throw settings.sink().wrong("'" + settings.sink().text() + "' cannot be read, only written");
    }
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // The sink may be the store itself.
  public void close() {
    source.close();
    sink.close();
    if (store != sink) {
      store.close();
    }
  }
}

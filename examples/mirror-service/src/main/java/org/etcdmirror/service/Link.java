package org.etcdmirror.service;

import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.Verification;

/**
 * What a mirror is made of; nothing is connected yet.
 *
 * @param settings what was asked for
 * @param source where to read from
 * @param sink where to write to
 * @param store what keeps the index; the sink itself where it can
 * @param scope what is mirrored
 * @param name its name in logs and metrics, and of its index in the sink
 */
record Link(
    Settings settings,
    EventSource source,
    EventSink sink,
    IndexStore store,
    MirrorScope scope,
    String name)
    implements AutoCloseable {

  /** What is asked of the source. */
  Selection selection() {
    return new Selection(
        scope.rules().stream().map(MirrorScope.Rule::source).toList(),
        settings.policies().expiry() == ExpiryPolicy.COPY);
  }

  /**
   * The mirror, which owns these parts from now on.
   *
   * @throws UsageException if the settings do not fit each other
   */
  EtcdMirror mirror(MirrorListener... listeners) {
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
    DeleteLimit limit = policies.deleteLimit();
    if (limit != null) {
      builder.deleteLimit(limit);
    }
    if (policies.requiresEmpty()) {
      requireReadableSink();
      builder.requireEmptySink();
    }
    addFormerPrefixes(builder);
    Verification verification = policies.verification();
    if (verification != null) {
      requireReadableSink();
      builder.verification(verification);
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

  /** Refuses what compares both sides where one cannot be read. */
  void requireReadableSink() {
    if (!(sink instanceof ReadableSink)) {
      throw settings.sink().wrong("'" + settings.sink().text() + "' cannot be read, only written");
    }
  }

  @Override
  public void close() {
    source.close();
    sink.close();
    if (store != sink) {
      store.close();
    }
  }
}

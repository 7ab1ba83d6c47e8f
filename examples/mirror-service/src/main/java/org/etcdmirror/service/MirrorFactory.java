package org.etcdmirror.service;

import java.nio.file.Path;
import java.util.List;
import org.etcdmirror.api.Access;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SinkSettings;
import org.etcdmirror.api.SourceSettings;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.FileIndexStore;
import org.etcdmirror.core.MirrorScope;

/** Makes the mirror that was asked for; nothing is connected yet. */
final class MirrorFactory {

  private final Settings settings;

  private MirrorFactory(Settings settings) {
    this.settings = settings;
  }

  /**
   * The mirror.
   *
   * @throws UsageException if the settings do not fit each other, or the source or the sink
   */
  static EtcdMirror create(Settings settings) {
    return new MirrorFactory(settings).create();
  }

  private EtcdMirror create() {
    EventSource source = source();
    List<MirrorScope.Rule> rules = PrefixOption.parse(settings.prefixes(), source.keyModel());
    EventSink sink = sink(rules);
    EtcdMirrorBuilder builder =
        EtcdMirror.builder()
            .source(source)
            .sink(sink)
            .scope(scope(rules))
            .recoveryPolicy(settings.recovery())
            .deleteLimit(settings.deleteLimit())
            .expiryPolicy(settings.expiry());
    if (settings.link() != null) {
      builder.link(settings.link());
    }
    Path file = settings.indexFile();
    if (file != null) {
      builder.indexStore(FileIndexStore.at(file));
    } else if (!(sink instanceof AtomicSink)) {
      builder.indexStore(indexStore(rules));
    }
    try {
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw settings.prefixes().get(0).wrong(e);
    }
  }

  private EventSource source() {
    Given given = settings.source();
    try {
      return Providers.source(given)
          .createSource(new SourceSettings(Providers.address(given), Access.ANONYMOUS));
    } catch (IllegalArgumentException e) {
      throw given.wrong(e);
    }
  }

  private EventSink sink(List<MirrorScope.Rule> rules) {
    Given given = settings.sink();
    try {
      return Providers.sink(given).createSink(sinkSettings(given, rules));
    } catch (IllegalArgumentException e) {
      throw given.wrong(e);
    }
  }

  private IndexStore indexStore(List<MirrorScope.Rule> rules) {
    Given given = settings.sink();
    SinkProvider provider = Providers.sink(given);
    try {
      return provider.createIndexStore(sinkSettings(given, rules));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--index-store target: " + e.getMessage(), e);
    }
  }

  private SinkSettings sinkSettings(Given given, List<MirrorScope.Rule> rules) {
    List<Bytes> prefixes = rules.stream().map(MirrorScope.Rule::target).toList();
    String link = settings.indexFile() == null ? indexName(rules) : null;
    return new SinkSettings(Providers.address(given), Access.ANONYMOUS, prefixes, link, null);
  }

  /** The old program's name where there is one prefix, so that its index is taken over. */
  private String indexName(List<MirrorScope.Rule> rules) {
    if (rules.size() == 1) {
      return rules.get(0).target().toString();
    }
    if (settings.link() == null) {
      throw new UsageException(
          "--link is required to keep the index of several prefixes in the sink;"
              + " or use --index-store file:PATH");
    }
    return settings.link();
  }

  private MirrorScope scope(List<MirrorScope.Rule> rules) {
    MirrorScope.Builder scope = MirrorScope.builder();
    rules.forEach(scope::rule);
    settings.excludes().forEach(scope::exclude);
    return scope.build();
  }
}

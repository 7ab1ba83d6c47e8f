package org.etcdmirror.service;

import java.nio.file.Path;
import java.util.List;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SinkSettings;
import org.etcdmirror.api.SourceSettings;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.FileIndexStore;
import org.etcdmirror.core.MirrorScope;
import org.jspecify.annotations.Nullable;

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
    List<MirrorScope.Rule> rules =
        PrefixOption.parse(settings.prefixes(), prefixModel(source.keyModel()));
    EventSink sink = sink(targets(rules), indexName(rules));
    EtcdMirrorBuilder builder =
        EtcdMirror.builder()
            .source(source)
            .sink(sink)
            .scope(scope(rules))
            .recoveryPolicy(settings.recovery())
            .deleteLimit(settings.deleteLimit())
            .expiryPolicy(settings.expiry())
            .unsupportedEntries(settings.unsupported());
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
      EventSource source =
          Providers.source(given)
              .createSource(new SourceSettings(Providers.address(given), settings.sourceAccess()));
      return Side.named("source " + given.text(), EventSource.class, source);
    } catch (IllegalArgumentException e) {
      throw given.wrong(e);
    }
  }

  /** If either side names its keys by paths, prefixes are paths on both. */
  private KeyModel prefixModel(KeyModel ofSource) {
    if (ofSource == KeyModel.PATHS) {
      return KeyModel.PATHS;
    }
    // A sink must know its prefixes when it is made, and is asked here what they may look like.
    try (EventSink probe = sink(List.of(Bytes.utf8("/")), "probe")) {
      return probe.keyModel();
    }
  }

  private EventSink sink(List<Bytes> prefixes, @Nullable String link) {
    Given given = settings.sink();
    SinkProvider provider = Providers.sink(given);
    boolean isFile = settings.indexFile() != null;
    try {
      EventSink sink = provider.createSink(sinkSettings(prefixes, isFile ? null : link));
      return Side.named("sink " + given.text(), EventSink.class, sink);
    } catch (IllegalArgumentException e) {
      if (isFile && keepsItsIndex(provider, prefixes)) {
        throw new UsageException(
            "--index-store: '%s' keeps its index with the data; only target is possible"
                .formatted(given.text()),
            e);
      }
      throw given.wrong(e);
    }
  }

  private boolean keepsItsIndex(SinkProvider provider, List<Bytes> prefixes) {
    try (EventSink sink = provider.createSink(sinkSettings(prefixes, "probe"))) {
      return sink instanceof AtomicSink;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private IndexStore indexStore(List<MirrorScope.Rule> rules) {
    Given given = settings.sink();
    SinkProvider provider = Providers.sink(given);
    try {
      IndexStore store = provider.createIndexStore(sinkSettings(targets(rules), indexName(rules)));
      return Side.named("sink " + given.text(), IndexStore.class, store);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--index-store target: " + e.getMessage(), e);
    }
  }

  private SinkSettings sinkSettings(List<Bytes> prefixes, @Nullable String link) {
    Given key = settings.checkpointKey();
    return new SinkSettings(
        Providers.address(settings.sink()),
        settings.sinkAccess(),
        prefixes,
        link,
        key == null ? null : Bytes.utf8(key.text()));
  }

  private static List<Bytes> targets(List<MirrorScope.Rule> rules) {
    return rules.stream().map(MirrorScope.Rule::target).toList();
  }

  /**
   * The old program's name where there is one prefix, so that its index is taken over; null if no
   * name is needed and none is given.
   */
  private @Nullable String indexName(List<MirrorScope.Rule> rules) {
    if (rules.size() == 1) {
      return rules.get(0).target().toString();
    }
    boolean needed = settings.indexFile() == null && settings.checkpointKey() == null;
    if (needed && settings.link() == null) {
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

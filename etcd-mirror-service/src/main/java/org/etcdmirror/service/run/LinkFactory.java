package org.etcdmirror.service.run;

import java.nio.file.Path;
import java.util.List;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IdentifiedSink;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SinkSettings;
import org.etcdmirror.api.SourceSettings;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.store.FileIndexStore;
import org.etcdmirror.service.config.Given;
import org.etcdmirror.service.config.PrefixOption;
import org.etcdmirror.service.config.Providers;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.config.UsageException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a link from its settings. Nothing is connected yet. */
public final class LinkFactory {

  private static final Logger log = LoggerFactory.getLogger(LinkFactory.class);

  private final Settings settings;

  private LinkFactory(Settings settings) {
    this.settings = settings;
  }

  /**
   * The link.
   *
   * @throws UsageException if the settings do not fit each other, or the source or the sink
   */
  public static Link create(Settings settings) {
    return new LinkFactory(settings).create();
  }

  /** Returns whether the sink stores its index with the data, under a key that may be chosen. */
  public static boolean sinkKeepsItsIndex(Settings settings) {
    SinkProvider provider = settings.providers().sink(settings.sink());
    return new LinkFactory(settings).keepsItsIndex(provider, List.of(Bytes.utf8("/")));
  }

  private Link create() {
    warnOfPlainPassword(settings.source(), settings.sourceAccess());
    warnOfPlainPassword(settings.sink(), settings.sinkAccess());
    EventSource source = source();
    List<MirrorScope.Rule> rules =
        PrefixOption.parse(settings.prefixes(), prefixModel(source.keyModel()));
    EventSink sink = sink(targets(rules), indexName(rules));
    return new Link(settings, source, sink, indexStore(sink, rules), scope(rules));
  }

  private static void warnOfPlainPassword(Given address, Access access) {
    if (access.user() != null && address.text().contains("http://")) {
      log.warn(
          "--{}: the password of user '{}' crosses the network unencrypted: {} is not https",
          address.option(),
          access.user(),
          address.text());
    }
  }

  private EventSource source() {
    Given given = settings.source();
    try {
      EventSource source =
          settings
              .providers()
              .source(given)
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
    SinkProvider provider = settings.providers().sink(given);
    boolean isFile = settings.indexFile() != null;
    try {
      EventSink sink = provider.createSink(sinkSettings(prefixes, isFile ? null : link));
      return Side.named("sink " + given.text(), EventSink.class, sink);
    } catch (IllegalArgumentException e) {
      if (isFile && keepsItsIndex(provider, prefixes)) {
        throw new UsageException(
            "--index-store: '%s' stores its index with the data; use target"
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

  private IndexStore indexStore(EventSink sink, List<MirrorScope.Rule> rules) {
    Path file = settings.indexFile();
    if (file != null) {
      refuseUnlessIdentified(sink);
      return FileIndexStore.at(file);
    }
    return sink instanceof AtomicSink both ? both : storeBeside(rules);
  }

  /** A file may outlive the sink's data, or the data may be another's by the next run. */
  private void refuseUnlessIdentified(EventSink sink) {
    if (!(sink instanceof IdentifiedSink)) {
      throw new UsageException(
          "--index-store: '%s' has no identity that ties it to an index in a file; use target"
              .formatted(settings.sink().text()));
    }
  }

  private IndexStore storeBeside(List<MirrorScope.Rule> rules) {
    Given given = settings.sink();
    SinkProvider provider = settings.providers().sink(given);
    try {
      IndexStore store = provider.createIndexStore(sinkSettings(targets(rules), indexName(rules)));
      return Side.named("sink " + given.text(), IndexStore.class, store);
    } catch (IllegalArgumentException e) {
      Given link = settings.link();
      throw link != null && settings.checkpointKey() == null
          ? link.wrong(e)
          : new UsageException("--index-store target: " + e.getMessage(), e);
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
   * The name that the index is kept under: the one that was given, or the old program's where there
   * is one prefix, so that its index is taken over; null if no name is needed.
   */
  private @Nullable String indexName(List<MirrorScope.Rule> rules) {
    Given link = settings.link();
    if (link != null) {
      return link.text();
    }
    if (rules.size() == 1) {
      return rules.get(0).target().textOrHex();
    }
    if (settings.indexFile() == null && settings.checkpointKey() == null) {
      throw new UsageException(
          "--link is required to store the index of several prefixes in the sink");
    }
    return null;
  }

  private MirrorScope scope(List<MirrorScope.Rule> rules) {
    MirrorScope.Builder scope = MirrorScope.builder();
    rules.forEach(scope::rule);
    settings.excludes().forEach(scope::exclude);
    settings.excludePrefixes().forEach(scope::excludePrefix);
    return scope.build();
  }
}

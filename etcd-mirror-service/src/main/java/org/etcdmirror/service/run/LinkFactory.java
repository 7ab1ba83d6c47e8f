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
import org.etcdmirror.api.SourceProvider;
import org.etcdmirror.api.SourceSettings;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.store.FileIndexStore;
import org.etcdmirror.service.config.AmountOption;
import org.etcdmirror.service.config.Given;
import org.etcdmirror.service.config.PrefixOption;
import org.etcdmirror.service.config.Providers;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.config.UsageException;
import org.etcdmirror.service.log.ServiceLogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a link from its settings. Nothing is connected yet. */
public final class LinkFactory {

  private static final Logger log = LoggerFactory.getLogger(LinkFactory.class);

  private final Settings settings;

  /** The index at which the source is read; null for the newest. */
  private final @Nullable Given at;

  private LinkFactory(Settings settings, @Nullable Given at) {
    this.settings = settings;
    this.at = at;
  }

  /**
   * The link.
   *
   * @throws UsageException if the settings do not fit each other, or the source or the sink
   */
  public static Link create(Settings settings) {
    return create(settings, null);
  }

  /**
   * The link that reads its source at an index.
   *
   * @param at the index of a recording; null for the newest
   * @throws UsageException if the settings do not fit each other, or the source or the sink
   */
  public static Link create(Settings settings, @Nullable Given at) {
    return new LinkFactory(settings, at).create();
  }

  /**
   * Refuses a source in which nothing happens.
   *
   * @throws UsageException if it is a recording
   */
  public static void requireLiveSource(Settings settings) {
    Given given = settings.source();
    if (settings.providers().source(given).isRecording()) {
      throw given.wrong(
          "'%s' is a dump, and cannot be followed; restore it with 'once'".formatted(given.text()));
    }
  }

  /** Returns whether the sink stores its index with the data, under a key that may be chosen. */
  public static boolean sinkKeepsItsIndex(Settings settings) {
    SinkProvider provider = settings.providers().sink(settings.sink());
    try (EventSink sink = provider.createSink(new LinkFactory(settings, null).sinkSettings(null))) {
      return sink instanceof AtomicSink;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private Link create() {
    EventSource source = source();
    @Nullable EventSink sink = null;
    try {
      sink = sink(source.keyModel());
      return create(source, sink);
    } catch (RuntimeException e) {
      // A service that reads its file again goes on after a wrong one.
      source.close();
      if (sink != null) {
        sink.close();
      }
      throw e;
    }
  }

  private Link create(EventSource source, EventSink sink) {
    List<MirrorScope.Rule> rules =
        PrefixOption.parse(settings.prefixes(), prefixModel(source, sink));
    MirrorScope scope = scope(rules);
    String name = name(rules, scope);
    warnOfPlainPassword(name, settings.source(), settings.sourceAccess());
    warnOfPlainPassword(name, settings.sink(), settings.sinkAccess());
    return new Link(settings, source, sink, indexStore(sink, name), scope, name);
  }

  private static void warnOfPlainPassword(String link, Given address, Access access) {
    if (access.user() != null && address.text().contains("http://")) {
      log.warn(
          ServiceLogEvent.PASSWORD_UNENCRYPTED.marker(),
          "[link={}] --{}: the password of user '{}' crosses the network unencrypted: {} is not"
              + " https",
          link,
          address.option(),
          access.user(),
          address.text());
    }
  }

  private EventSource source() {
    Given given = settings.source();
    SourceProvider provider = settings.providers().source(given);
    Long index = index(provider);
    try {
      return provider.createSource(
          new SourceSettings(
              Providers.address(given), settings.sourceAccess(), settings.catchUpWatches(), index));
    } catch (IllegalArgumentException e) {
      throw given.wrong(e);
    } catch (LinkageError e) {
      throw unloadable(given, e);
    }
  }

  /** A plug-in may lack a class, or be made for another version. */
  private static UsageException unloadable(Given given, LinkageError e) {
    return given.wrong(
        "the plug-in of '%s' cannot be used: %s; look for what is missing in --plugins"
            .formatted(given.text(), e),
        e);
  }

  private @Nullable Long index(SourceProvider provider) {
    if (at == null) {
      return null;
    }
    if (!provider.isRecording()) {
      throw at.wrong(
          "'%s' is no dump, and can only be read as it is now".formatted(settings.source().text()));
    }
    return AmountOption.count(at, 1);
  }

  /** If either side names its keys by paths, prefixes are paths on both. */
  private static KeyModel prefixModel(EventSource source, EventSink sink) {
    return source.keyModel() == KeyModel.PATHS ? KeyModel.PATHS : sink.keyModel();
  }

  private EventSink sink(KeyModel sourceModel) {
    Given given = settings.sink();
    SinkProvider provider = settings.providers().sink(given);
    try {
      return provider.createSink(sinkSettings(sourceModel));
    } catch (IllegalArgumentException e) {
      throw settings.checkpointKey() == null || !isMade(provider)
          ? given.wrong(e)
          : new UsageException("--index-store target: " + e.getMessage(), e);
    } catch (LinkageError e) {
      throw unloadable(given, e);
    }
  }

  /** Whether a sink is made where no key is chosen for its index. */
  private boolean isMade(SinkProvider provider) {
    SinkSettings plain =
        new SinkSettings(Providers.address(settings.sink()), settings.sinkAccess(), null);
    try (EventSink sink = provider.createSink(plain)) {
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private IndexStore indexStore(EventSink sink, String name) {
    Path file = settings.indexFile();
    if (file != null) {
      refuseAtomic(sink);
      refuseUnlessIdentified(sink);
      return FileIndexStore.at(file);
    }
    try {
      IndexStore store = sink.indexStore(name);
      if (store != null) {
        return store;
      }
    } catch (IllegalArgumentException e) {
      Given link = settings.link();
      throw link != null && settings.checkpointKey() == null
          ? link.wrong(e)
          : new UsageException("--index-store target: " + e.getMessage(), e);
    }
    throw new UsageException(
        "--index-store target: '%s' keeps no index".formatted(settings.sink().text()));
  }

  private void refuseAtomic(EventSink sink) {
    if (sink instanceof AtomicSink) {
      throw new UsageException(
          "--index-store: '%s' stores its index with the data; use target"
              .formatted(settings.sink().text()));
    }
  }

  /** A file may outlive the sink's data, or the data may be another's by the next run. */
  private void refuseUnlessIdentified(EventSink sink) {
    if (!(sink instanceof IdentifiedSink)) {
      throw new UsageException(
          "--index-store: '%s' has no identity that ties it to an index in a file; use target"
              .formatted(settings.sink().text()));
    }
  }

  private SinkSettings sinkSettings(@Nullable KeyModel sourceModel) {
    Given key = settings.checkpointKey();
    return new SinkSettings(
        Providers.address(settings.sink()),
        settings.sinkAccess(),
        key == null ? null : Bytes.utf8(key.text()),
        sourceModel);
  }

  /**
   * The name of the link and of its index: the one that was given, or the old program's where there
   * is one prefix, so that its index is taken over.
   */
  private String name(List<MirrorScope.Rule> rules, MirrorScope scope) {
    Given link = settings.link();
    if (link != null) {
      return link.text();
    }
    if (rules.size() == 1) {
      String target = rules.get(0).target().textOrHex();
      return target.isEmpty() ? "/" : target;
    }
    if (settings.indexFile() == null && settings.checkpointKey() == null) {
      throw new UsageException(
          "--link is required to store the index of several prefixes in the sink");
    }
    return scope.toString();
  }

  private MirrorScope scope(List<MirrorScope.Rule> rules) {
    MirrorScope.Builder scope = MirrorScope.builder();
    rules.forEach(scope::rule);
    settings.excludes().forEach(scope::exclude);
    settings.excludePrefixes().forEach(scope::excludePrefix);
    return scope.build();
  }
}

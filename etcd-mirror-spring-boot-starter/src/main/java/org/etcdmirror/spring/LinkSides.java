package org.etcdmirror.spring;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SinkSettings;
import org.etcdmirror.api.SourceProvider;
import org.etcdmirror.api.SourceSettings;
import org.etcdmirror.core.MirrorScope;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;

/** Makes the source and the sink of a link: the application's bean, or that of the address. */
final class LinkSides {

  private final LinkSide source;
  private final LinkSide sink;
  private final @Nullable Integer watches;
  private final @Nullable Bytes checkpointKey;
  private final LinkBeans beans;
  private final Providers providers;
  private final @Nullable SslBundles bundles;

  LinkSides(
      String link,
      LinkProperties properties,
      LinkBeans beans,
      List<EtcdMirrorConnectionDetails> details,
      Providers providers,
      @Nullable SslBundles bundles) {
    String from = null;
    String to = null;
    for (EtcdMirrorConnectionDetails each : details) {
      from = from == null ? each.source(link) : from;
      to = to == null ? each.sink(link) : to;
    }
    SideProperties source = properties.source();
    SideProperties sink = properties.sink();
    this.source = new LinkSide(link, "source", source, from == null ? source.address() : from);
    this.sink = new LinkSide(link, "sink", sink, to == null ? sink.address() : to);
    this.watches = properties.catchUp().watches();
    String key = properties.checkpointKey();
    this.checkpointKey = key == null ? null : Bytes.utf8(key);
    this.beans = beans;
    this.providers = providers;
    this.bundles = bundles;
  }

  /**
   * Returns the source. Nothing is connected yet.
   *
   * @throws LinkPropertyException if a property is wrong or missing
   */
  EventSource source() {
    EventSource own = beans.own(EventSource.class, source.link());
    if (own != null) {
      source.refuseAddress();
      return own;
    }
    MirrorAddress address = source.required(EventSource.class, beans.unmarked(EventSource.class));
    SourceProvider provider = providers.source(source.property(), address);
    SourceSettings settings = new SourceSettings(address, source.access(bundles), watches);
    try {
      return provider.createSource(settings);
    } catch (IllegalArgumentException e) {
      throw LinkPropertyException.wrong(source.property(), address, e);
    }
  }

  /**
   * Returns the sink. Nothing is connected yet.
   *
   * @param sourceModel how the source names its keys
   * @throws LinkPropertyException if a property is wrong or missing
   */
  EventSink sink(KeyModel sourceModel) {
    EventSink own = beans.own(EventSink.class, sink.link());
    if (own != null) {
      sink.refuseAddress();
      return own;
    }
    MirrorAddress address = sink.required(EventSink.class, beans.unmarked(EventSink.class));
    SinkProvider provider = providers.sink(sink.property(), address);
    SinkSettings settings =
        new SinkSettings(address, sink.access(bundles), checkpointKey, sourceModel);
    try {
      return provider.createSink(settings);
    } catch (IllegalArgumentException e) {
      throw checkpointKey != null && isMadeWithoutKey(provider, settings)
          ? LinkPropertyException.wrong(
              EtcdMirrorProperties.nameOf(sink.link(), "checkpoint-key"), checkpointKey, e)
          : LinkPropertyException.wrong(sink.property(), address, e);
    }
  }

  /** Whether the sink can be, if the place of its index is not chosen. */
  private static boolean isMadeWithoutKey(SinkProvider provider, SinkSettings settings) {
    SinkSettings plain =
        new SinkSettings(settings.address(), settings.access(), null, settings.sourceKeyModel());
    try (EventSink unused = provider.createSink(plain)) {
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Refuses a copy of a prefix onto itself, as far as the addresses tell. The mirror finds every
   * loop, but only when it is connected.
   *
   * @throws LinkPropertyException if it is one
   */
  void refuseSame(MirrorScope scope) {
    if (source.isSame(sink)
        && scope.rules().stream().anyMatch(rule -> rule.source().equals(rule.target()))) {
      throw new LinkPropertyException(
          sink.property(),
          "is '%s', the cluster of the source, and the prefix is the same"
              .formatted(sink.address()),
          "name another cluster, or rename the prefix: /a=/b");
    }
  }
}

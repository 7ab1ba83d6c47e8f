package org.etcdmirror.core.live;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.run.LogBudget;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects the options of a {@link LiveMap}. Not safe for use by several threads. */
public final class LiveMapBuilder<V> {

  private static final Logger log = LoggerFactory.getLogger(LiveMap.class);

  /** The most warnings of undecodable values in a minute. */
  private static final int MOST_WARNINGS = 10;

  private final EventSource source;
  private final Decoder<V> decoder;
  private final MirrorScope.Builder scope = MirrorScope.builder();
  private final List<LiveListener<V>> listeners = new ArrayList<>();
  private @Nullable BiPredicate<Bytes, Bytes> filter;
  private UndecodableHandler<V> undecodable = warning();
  private Consumer<EtcdMirrorBuilder> options = builder -> {};

  LiveMapBuilder(EventSource source, Decoder<V> decoder) {
    this.source = requireNonNull(source, "source");
    this.decoder = requireNonNull(decoder, "decoder");
  }

  private static <V> UndecodableHandler<V> warning() {
    LogBudget budget = new LogBudget(MOST_WARNINGS);
    return bad -> {
      budget.write(end ->
          log.warn(LogEvent.VALUE_UNDECODABLE.marker(), "{}; the key is left out{}", bad, end));
      return Optional.empty();
    };
  }

  /**
   * Adds a prefix. At least one is required; the empty one is the whole keyspace. A prefix means
   * path segments for a source of etcd v2, and bytes for etcd v3.
   */
  public LiveMapBuilder<V> prefix(String prefix) {
    scope.prefix(prefix);
    return this;
  }

  /**
   * Holds only entries for which this is true, by key and by the bytes of the value. What it
   * refuses is neither decoded nor held. Pure, because several threads ask it, more than once for
   * an entry. If it throws, the mirror fails. Several filters must all agree. None by default.
   */
  public LiveMapBuilder<V> filter(BiPredicate<Bytes, Bytes> keep) {
    requireNonNull(keep, "keep");
    this.filter = filter == null ? keep : filter.and(keep);
    return this;
  }

  /**
   * Sets what the map holds at a key whose value the decoder refuses. By default the key is absent,
   * and a warning names it, up to ten times a minute.
   */
  public LiveMapBuilder<V> onUndecodable(UndecodableHandler<V> handler) {
    this.undecodable = requireNonNull(handler, "handler");
    return this;
  }

  /** Adds a listener. None by default. The first update brings what the first copy has read. */
  public LiveMapBuilder<V> listener(LiveListener<V> listener) {
    listeners.add(requireNonNull(listener, "listener"));
    return this;
  }

  /**
   * Sets options of the mirror, such as a link name, a {@link org.etcdmirror.core.RecoveryPolicy}
   * or a listener of its own. The map sets source, sink and scope afterwards. Its defaults are
   * those of {@link EtcdMirror}, except that a resync may delete any number of keys without
   * approval, because the map owns no data. A policy that skips gaps gives up what each view
   * promises.
   */
  public LiveMapBuilder<V> mirror(Consumer<EtcdMirrorBuilder> options) {
    this.options = this.options.andThen(requireNonNull(options, "options"));
    return this;
  }

  /**
   * Builds the map, starts it and returns at once. Connects in the background.
   *
   * @throws IllegalArgumentException if there is no prefix, or {@link EtcdMirrorBuilder#build}
   *     refuses an option
   */
  public LiveMap<V> start() {
    if (filter != null) {
      scope.transform(new EntryFilter(filter));
    }
    MirrorScope what = scope.build();
    Notifier<V> notifier = new Notifier<>(listeners);
    LiveSink<V> sink = new LiveSink<>(new Decoding<>(decoder, undecodable), notifier);
    LiveMap<V> map = new LiveMap<>(sink, notifier, mirror(what, sink));
    map.start();
    return map;
  }

  private EtcdMirror mirror(MirrorScope what, LiveSink<V> sink) {
    EtcdMirrorBuilder builder = EtcdMirror.builder().deleteLimit(DeleteLimit.percent(100));
    if (what.rules().size() > 1) {
      builder.link(what.toString());
    }
    options.accept(builder);
    return builder.source(source).sink(sink).scope(what).build();
  }
}

package org.etcdmirror.soak;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.etcdmirror.testkit.fault.FaultProxy;

/**
 * One instance's own lines to both clusters, so that it alone can be cut off. Behind them are those
 * that all instances share.
 */
final class Lines implements AutoCloseable {

  private final Cluster source;
  private final Cluster sink;
  private final List<FaultProxy> toSource;
  private final List<FaultProxy> toSink;

  Lines(Cluster source, Cluster sink) {
    this.source = source;
    this.sink = sink;
    this.toSource = proxies(source);
    this.toSink = proxies(sink);
  }

  private static List<FaultProxy> proxies(Cluster to) {
    return to.members().stream().map(member -> FaultProxy.to(member.proxiedUrl())).toList();
  }

  /** Where the instance reaches the source, separated by commas. */
  String sourceUrls() {
    return urls(source, toSource);
  }

  /** Where the instance reaches the sink, separated by commas. */
  String sinkUrls() {
    return urls(sink, toSink);
  }

  private static String urls(Cluster cluster, List<FaultProxy> proxies) {
    return IntStream.range(0, proxies.size())
        .mapToObj(i ->
            "%s://127.0.0.1:%d"
                .formatted(
                    cluster.member(i).proxiedUrl().getScheme(), proxies.get(i).url().getPort()))
        .collect(Collectors.joining(","));
  }

  /** Nothing is forwarded, while connections stay open; what was held back comes late. */
  void stall(boolean sinkAlone) {
    met(sinkAlone).forEach(proxy -> proxy.stall(true));
  }

  /** Connections are reset, and new ones as well. */
  void reset(boolean sinkAlone) {
    met(sinkAlone)
        .forEach(proxy -> {
          proxy.refuse(true);
          proxy.cutAll();
        });
  }

  /** Ends both. */
  void heal() {
    met(false).forEach(FaultProxy::heal);
  }

  private Stream<FaultProxy> met(boolean sinkAlone) {
    return sinkAlone ? toSink.stream() : Stream.concat(toSource.stream(), toSink.stream());
  }

  @Override
  public void close() {
    met(false).forEach(FaultProxy::close);
  }
}

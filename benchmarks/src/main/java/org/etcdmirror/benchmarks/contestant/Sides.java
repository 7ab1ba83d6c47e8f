package org.etcdmirror.benchmarks.contestant;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.fault.FaultProxy;

/** A source and a sink, both new and empty. Not safe for use by many threads. */
public final class Sides implements AutoCloseable {

  private final EtcdServer source;
  private final EtcdServer sink;
  private final FaultProxy toSource;
  private final FaultProxy toSink;
  private final Line line;

  /** How a contestant reaches the servers; load and observers are always near. */
  public enum Line {
    /** Both are near. */
    NEAR("", Duration.ZERO, Duration.ZERO),
    /** The source is far away. */
    FAR_SOURCE(", source 30 ms away", Duration.ofMillis(15), Duration.ZERO),
    /** The sink is far away. */
    FAR_SINK(", sink 30 ms away", Duration.ZERO, Duration.ofMillis(15));

    private final String title;
    private final Duration toSource;
    private final Duration toSink;

    Line(String title, Duration toSource, Duration toSink) {
      this.title = title;
      this.toSource = toSource;
      this.toSink = toSink;
    }

    /** What it adds to the name of a workload. */
    public String title() {
      return title;
    }
  }

  private Sides(EtcdServer source, EtcdServer sink, Line line) {
    this.source = source;
    this.sink = sink;
    this.line = line;
    this.toSource = FaultProxy.to(source.clientUrl());
    this.toSink = FaultProxy.to(sink.clientUrl());
    toSource.delay(line.toSource);
    toSink.delay(line.toSink);
  }

  /** Starts both. */
  public static Sides start(Supplier<EtcdServer> server, Line line) {
    EtcdServer source = server.get();
    try {
      return new Sides(source, server.get(), line);
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  /** The source's own address. */
  public URI source() {
    return source.clientUrl();
  }

  /** The sink's own address. */
  public URI sink() {
    return sink.clientUrl();
  }

  /** The link for a contestant, with nothing in the sink yet. */
  public Link link(List<String> prefixes) {
    return new Link(
        line.toSource.isZero() ? source() : toSource.url(),
        line.toSink.isZero() ? sink() : toSink.url(),
        prefixes,
        0);
  }

  /** The process of the source. */
  public long sourcePid() {
    String url = "--advertise-client-urls=" + source();
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().commandLine().orElse("").contains(url))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the source has ended"))
        .pid();
  }

  /** Ends both servers and deletes their data. */
  @Override
  public void close() {
    toSource.close();
    toSink.close();
    source.close();
    sink.close();
  }
}

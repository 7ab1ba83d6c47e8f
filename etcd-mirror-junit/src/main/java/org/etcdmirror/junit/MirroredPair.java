package org.etcdmirror.junit;

import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.core.Cutover;
import org.etcdmirror.core.CutoverException;
import org.etcdmirror.core.CutoverReport;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.VerifyReport;

/**
 * Two etcd servers and the mirror that keeps one equal to the other. An application writes to
 * {@link #writer()}. After a {@link #cutOver} that is the other side, and the mirror runs the other
 * way. For one thread at a time; the application may use the servers from any thread meanwhile.
 */
public final class MirroredPair implements AutoCloseable {

  private static final String LINK = "mirrored-pair";
  private static final String LINK_BACK = LINK + "-back";

  private final EtcdSide source;
  private final EtcdSide sink;
  private final MirrorScope scope;
  private final MirrorCustomizer customizer;
  private boolean reversed;
  private boolean started;
  private EtcdMirror mirror;

  MirroredPair(EtcdApi from, EtcdApi to, MirrorScope scope, MirrorCustomizer customizer) {
    this.scope = scope;
    this.customizer = customizer;
    this.source = new EtcdSide(from);
    try {
      this.sink = new EtcdSide(to);
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
    try {
      this.mirror = build();
    } catch (RuntimeException e) {
      source.close();
      sink.close();
      throw e;
    }
  }

  /** The side that the application wrote to at first, whatever was cut over since. */
  public EtcdSide source() {
    return source;
  }

  /** The side that it moves to. */
  public EtcdSide sink() {
    return sink;
  }

  /** The side that the application writes to now: the other one after each {@link #cutOver}. */
  public EtcdSide writer() {
    return reversed ? sink : source;
  }

  /** The side that the mirror writes to now. */
  public EtcdSide reader() {
    return reversed ? source : sink;
  }

  /** The mirror that runs now, from {@link #writer} to {@link #reader}. The pair closes it. */
  public EtcdMirror mirror() {
    return mirror;
  }

  /** Starts the mirror; harmless if it runs. */
  public void start() {
    if (!started) {
      started = true;
      mirror.start();
    }
  }

  /**
   * Waits until the reader holds everything that was written before this call, for three minutes.
   *
   * @throws AssertionError if it does not, with the reason
   */
  public void awaitLevel() throws InterruptedException {
    if (!mirror.awaitLevel(PATIENCE)) {
      throw new AssertionError(
          "the mirror did not become level: " + mirror.status(), mirror.failure().orElse(null));
    }
  }

  /**
   * Checks that both sides are equal. The application may write meanwhile.
   *
   * @throws AssertionError if they are not; it names keys
   */
  public void verifyEqual() throws IOException, InterruptedException {
    VerifyReport report = mirror.verify();
    if (!report.isEqual()) {
      throw new AssertionError(report.describe() + ": " + report.samples());
    }
  }

  /**
   * Moves the writers to the other side, without a lost write, and starts the mirror the other way,
   * without a copy. Stop the application's writes before, and then have it write to the new {@link
   * #writer}. The next call moves them back.
   *
   * @throws CutoverException if a client still writes or both sides are not equal; nothing has
   *     moved then, and the mirror continues
   */
  public CutoverReport cutOver() throws IOException, InterruptedException {
    start();
    CutoverReport report;
    try (EventSource newSource = reader().openSource();
        IndexStore reverseStore = writer().openStore(reversed ? LINK : LINK_BACK)) {
      report =
          Cutover.builder()
              .mirror(mirror)
              .newSource(newSource)
              .reverseStore(reverseStore)
              .build()
              .run(PATIENCE);
    }
    reversed = !reversed;
    started = false;
    mirror = build();
    start();
    return report;
  }

  private EtcdMirror build() {
    EtcdMirrorBuilder builder =
        EtcdMirror.builder()
            .link(reversed ? LINK_BACK : LINK)
            .source(writer().openSource())
            .sink(reader().openSink())
            .scope(reversed ? scope.inverse() : scope);
    customizer.customize(builder);
    return builder.build();
  }

  /** Ends the mirror and both servers; harmless when repeated. */
  @Override
  public void close() {
    try (EtcdSide first = source;
        EtcdSide second = sink) {
      mirror.close();
    }
  }
}

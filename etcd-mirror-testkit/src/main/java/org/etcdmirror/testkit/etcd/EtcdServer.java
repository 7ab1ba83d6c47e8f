package org.etcdmirror.testkit.etcd;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * A real etcd of one member, on free loopback ports and with its data in a temporary directory.
 * Nothing of it survives {@link #close()} or the end of this JVM.
 *
 * <p>The server is {@code $ETCD_BIN}, else an {@code etcd} in {@code $PATH}, else one in a Docker
 * container, which cannot be stopped, killed, restarted or wiped. Safe for use by many threads.
 */
public final class EtcdServer implements AutoCloseable {

  private final EtcdProcess process;
  private final boolean v2;
  private final boolean alone;
  private boolean closed;

  EtcdServer(EtcdProcess process, boolean v2, boolean alone) {
    this.process = process;
    this.v2 = v2;
    this.alone = alone;
  }

  /** The default etcd with the v2 API, started and ready. */
  public static EtcdServer start() {
    return builder().start();
  }

  /** For anything else. */
  public static EtcdServerBuilder builder() {
    return new EtcdServerBuilder();
  }

  /** The client URL, {@code http://127.0.0.1:PORT}; the same after each restart. */
  public URI clientUrl() {
    return process.clientUrl();
  }

  /**
   * The client URL with TLS, {@code https://127.0.0.1:PORT}; the same after each restart.
   *
   * @throws IllegalStateException if it was built without {@link EtcdServerBuilder#tls}
   */
  public URI tlsUrl() {
    return process.tlsUrl();
  }

  /** Its version, for example {@code 3.4.23}. */
  public String version() {
    return process.version();
  }

  /** Ends it in good order (SIGTERM) and waits. Harmless when it does not run. */
  public synchronized void stop() {
    process.stop();
  }

  /** Ends it at once (SIGKILL) and waits. Harmless when it does not run. */
  public synchronized void kill() {
    process.kill();
  }

  /**
   * Stops it if it runs, starts it again with the same data and ports, and waits until it is ready.
   *
   * @throws IllegalStateException if it is not ready in time; the message has the tail of its log
   */
  public synchronized void restart() {
    restartWithoutWaiting();
    awaitReady();
  }

  /**
   * Waits until it answers with the agreement of its cluster, as after the loss of a leader.
   *
   * @throws IllegalStateException if it does not do so in time; the message has the tail of its log
   */
  public synchronized void awaitReady() {
    Readiness.await(process, v2);
  }

  /** Freezes it (SIGSTOP): connections stay open and nothing is answered. */
  public synchronized void suspend() {
    process.suspend();
  }

  /** Ends {@link #suspend()}. Harmless when it is not suspended. */
  public synchronized void resume() {
    process.resume();
  }

  /** Ends a {@link #freeze}. */
  @FunctionalInterface
  public interface Frozen extends AutoCloseable {

    /** Lets the server go on; harmless when repeated, and when it was closed meanwhile. */
    @Override
    void close();
  }

  /**
   * Freezes it (SIGSTOP) until the result is closed: connections stay open and nothing is answered,
   * and what was sent to it meanwhile is carried out afterwards.
   */
  public Frozen freeze() {
    suspend();
    return this::resume;
  }

  /**
   * Replaces it by a new and empty cluster, with another cluster id, on the same ports, and waits
   * until it is ready.
   */
  public synchronized void wipe() {
    wipe(false);
  }

  /**
   * As {@link #wipe()}, but with the same cluster id, as after a deletion of the data directory and
   * a start with the same settings: only the index tells that it is another keyspace.
   */
  public synchronized void wipeKeepingClusterId() {
    wipe(true);
  }

  private void wipe(boolean keepClusterId) {
    if (!alone) {
      throw new IllegalStateException(
          "a member of a cluster cannot be wiped alone; use EtcdCluster.wipe()");
    }
    process.kill();
    process.deleteData(keepClusterId);
    launch();
    awaitReady();
  }

  /** The file that it logs to. */
  public Path log() {
    return process.log();
  }

  /** The last lines of its log, for messages of failed tests. */
  public String tailOfLog() {
    return process.tailOfLog();
  }

  /** Kills it and deletes its data and log; harmless when repeated. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      process.destroy();
    }
  }

  synchronized void restartWithoutWaiting() {
    process.stop();
    launch();
  }

  synchronized void launch() {
    if (closed) {
      throw new IllegalStateException("this server is closed");
    }
    process.launch();
  }

  /** Kills all of these and starts them again as one new cluster; none is ready yet. */
  static void wipeTogether(List<EtcdServer> members) {
    members.forEach(EtcdServer::kill);
    members.forEach(member -> member.process.deleteData(true));
    members.forEach(EtcdServer::launch);
  }
}

package org.etcdmirror.testkit.etcd;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/** One etcd, wherever it runs. Called under the lock of its {@link EtcdServer}. */
interface EtcdProcess {

  /** Where clients find it. The same for the whole life of this object, restarts included. */
  URI clientUrl();

  /**
   * Where clients find it with TLS; the same for its whole life.
   *
   * @throws IllegalStateException if it was not made with certificates
   */
  URI tlsUrl();

  /** The name that etcd goes by. */
  String name();

  /** Starts it and returns at once. */
  void launch();

  /** Whether it ends within this time, or had ended before. */
  boolean ends(Duration patience);

  /** Asks it to end and waits. Harmless when it does not run. */
  void stop();

  /** Ends it at once and waits. Harmless when it does not run. */
  void kill();

  /** Freezes it: connections stay open and nothing is answered. */
  void suspend();

  /** Ends {@link #suspend}. */
  void resume();

  /** Deletes its data; it must not run. */
  void deleteData(boolean keepClusterId);

  /** Its version, for example {@code 3.4.23}. */
  String version();

  /** The file that it logs to. */
  Path log();

  /** The last lines of its log. */
  String tailOfLog();

  /** Kills it and deletes whatever it left. */
  void destroy();
}

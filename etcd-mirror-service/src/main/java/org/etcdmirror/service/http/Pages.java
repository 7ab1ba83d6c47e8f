package org.etcdmirror.service.http;

import java.util.function.Supplier;
import org.etcdmirror.service.http.StatusServer.Action;
import org.jspecify.annotations.Nullable;

/** What a server answers, by the path of a request. Safe for use by many threads. */
interface Pages extends AutoCloseable {

  /** Returns the page at a path; null if there is none. */
  @Nullable Supplier<StatusReply> page(String path);

  /** Returns the page at a path whose answer may come later; null if there is none. */
  @Nullable IndexWaits waits(String path);

  /** Returns what a POST to a path does; null if it does nothing. */
  @Nullable Action action(String path);

  /** Names the paths, for a client that asked for another. */
  String known();

  /** Answers the clients that wait. */
  @Override
  void close();
}

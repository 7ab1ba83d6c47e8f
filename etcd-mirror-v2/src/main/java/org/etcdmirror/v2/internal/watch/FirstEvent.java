package org.etcdmirror.v2.internal.watch;

import java.io.IOException;
import okhttp3.HttpUrl;
import org.etcdmirror.v2.internal.client.V2Client;

/** Asks servers' histories for the first event of a key or tree at or after an index. */
final class FirstEvent {

  private final V2Client client;
  private final String key;
  private final boolean recursive;

  /**
   * Creates the question for one key.
   *
   * @param recursive whether events below the key match as well
   */
  FirstEvent(V2Client client, String key, boolean recursive) {
    this.client = client;
    this.key = key;
    this.recursive = recursive;
  }

  /** A question that is not sent yet. */
  HistoryLook at(HttpUrl endpoint, long waitIndex) {
    return at(endpoint, waitIndex, HistoryLook.Room.ANY);
  }

  private HistoryLook at(HttpUrl endpoint, long waitIndex, HistoryLook.Room room) {
    return new HistoryLook(client, endpoint, key, recursive, waitIndex, room);
  }

  /**
   * Asks, and asks once more if nothing was proven: a connection may have been cut.
   *
   * @param least a server below this index is not listened to: it could prove nothing
   */
  HistoryLook.Match from(HttpUrl endpoint, long waitIndex, long least) throws IOException {
    return from(endpoint, waitIndex, least, HistoryLook.Room.ANY);
  }

  /**
   * The same.
   *
   * @param room where the event is held while it arrives
   */
  HistoryLook.Match from(HttpUrl endpoint, long waitIndex, long least, HistoryLook.Room room)
      throws IOException {
    HistoryLook.Match match = at(endpoint, waitIndex, room).ask(least);
    return match.proven() || match.headerIndex() < least
        ? match
        : at(endpoint, waitIndex, room).ask(least);
  }
}

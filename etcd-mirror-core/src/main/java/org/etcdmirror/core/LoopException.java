package org.etcdmirror.core;

import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.PermanentException;

/** What the mirror would write would come back to it as something to mirror. */
public final class LoopException extends PermanentException {

  private static final long serialVersionUID = 1L;

  private static final int SHOWN = 200;

  private static final String REMEDY =
      "Something between this mirror and its clusters renames keys, as 'etcd grpc-proxy --namespace'"
          + " does, or another mirror brings them back. Change the prefixes or the endpoints so that"
          + " the source does not cover what the sink holds, and delete what was written in excess";

  LoopException(String message) {
    super(message);
  }

  /**
   * The mirror found by what it read that it reads what it writes.
   *
   * @param found what it read
   */
  static LoopException echo(String link, String found) {
    return new LoopException("%s reads what it writes: %s. %s".formatted(link, found, REMEDY));
  }

  /** A key in a message; one that has grown may be long. */
  static String shown(Bytes key) {
    String text = key.toString();
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }
}

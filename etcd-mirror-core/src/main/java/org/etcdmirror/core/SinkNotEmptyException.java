package org.etcdmirror.core;

import org.etcdmirror.api.PermanentException;

/**
 * A first copy needs an empty sink, as was asked for by {@link
 * EtcdMirrorBuilder#requireEmptySink()}, and the sink holds something in the scope. No data was
 * written.
 */
public final class SinkNotEmptyException extends PermanentException {

  private static final long serialVersionUID = 1L;

  /** A sink that holds something, which the message names. */
  public SinkNotEmptyException(String message) {
    super(message);
  }
}

package org.etcdmirror.simulation.model;

import io.grpc.Status;

/** The server's end of a stream. */
interface V3Stream {

  /** A message from the client. */
  void received(Object message);

  /** The member has applied another revision. */
  void changed();

  /** The client takes so many more messages. */
  void mayHave(int more);

  /** The server, or the connection, ends it. */
  void end(Status status);

  /** The client has gone. */
  void gone();
}

package org.etcdmirror.v3.internal.sink;

import java.util.List;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.etcdmirror.v3.internal.client.V3PermanentException;
import org.etcdmirror.v3.rpc.RequestOp;

/** The servers refuse a transaction that may be made smaller, or may go without the checkpoint. */
final class SinkTooLargeException extends PermanentException {

  private static final long serialVersionUID = 1L;

  private final long bytes;

  SinkTooLargeException(long bytes, V3PermanentException cause) {
    super("transaction is too large: %d bytes: %s".formatted(bytes, cause.getMessage()), cause);
    this.bytes = bytes;
  }

  /** The entry that was too large. */
  long bytes() {
    return bytes;
  }

  /** The same of an operation that went alone, with nothing but the compare of the fence. */
  static PermanentException alone(RequestOp op, long bytes, V3PermanentException cause) {
    String why =
        "its request of %d bytes is above the limit of the sink's servers (--max-request-bytes, default %d); start them with a larger limit: %s"
            .formatted(bytes, SinkLimits.DEFAULT_REQUEST_BYTES, cause.getMessage());
    if (!op.hasRequestPut()) {
      return new PermanentException("'%s': %s".formatted(SinkOp.keyOf(op), why), cause);
    }
    int value = op.getRequestPut().getValue().size();
    return new UnsupportedEntryException(
        List.of(
            new Refusal(
                SinkOp.keyOf(op), "the value is too large: %d bytes; %s".formatted(value, why))));
  }
}

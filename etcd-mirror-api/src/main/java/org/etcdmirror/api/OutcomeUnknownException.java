package org.etcdmirror.api;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A write was sent and its answer never came. It may have been executed, it may never be executed,
 * or it may be executed later, after newer writes. The engine stores the keys of the write before
 * it sends anything else. It compares them with the source until no late effect is possible any
 * more, and applies the same batch again.
 */
public final class OutcomeUnknownException extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * What a write of unknown outcome may still change.
   *
   * @param key the key by its name in the sink, or the top of a tree
   * @param tree whether everything below the key is touched as well: the path itself and each key
   *     that begins with it and a slash
   * @param endpoint the server that the write was sent to, as {@link EventSink#answers} takes it;
   *     empty if it is not known, or if there is only one
   */
  public record Touched(Bytes key, boolean tree, String endpoint) {

    /** Refuses nulls, and an endpoint that is not one word. */
    public Touched {
      requireNonNull(key, "key");
      if (!endpoint.matches("[\\S&&\\P{Cntrl}]*")) {
        throw new IllegalArgumentException("endpoint must be one word: '" + endpoint + "'");
      }
    }

    /** One key, written to a sink of one server. */
    public static Touched key(Bytes key) {
      return new Touched(key, false, "");
    }

    /** A whole tree, written to a sink of one server. */
    public static Touched tree(Bytes top) {
      return new Touched(top, true, "");
    }
  }

  /** Not for serialization, as with any exception here: the message is what goes elsewhere. */
  private final transient List<Touched> touched;

  /**
   * Makes the exception.
   *
   * @param message one line that names the endpoint and a key
   * @param touched everything that a write of the failed call may still change, at least one
   * @param cause what happened in place of the answer, or null
   */
  public OutcomeUnknownException(String message, List<Touched> touched, @Nullable Throwable cause) {
    super(message, cause);
    this.touched = List.copyOf(touched);
    if (touched.isEmpty()) {
      throw new IllegalArgumentException("no key is named that the write touched; name each");
    }
  }

  /** Everything that a write of the failed call may still change. */
  public List<Touched> touched() {
    return touched;
  }
}

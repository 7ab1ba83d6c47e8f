package org.etcdmirror.core.internal.side;

import java.io.IOException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.etcdmirror.api.BatchTooLargeException;
import org.etcdmirror.api.ClosedException;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.OutcomeUnknownException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.SinkDriftedException;
import org.etcdmirror.api.SinkRolledBackException;
import org.etcdmirror.api.SnapshotExpiredException;
import org.etcdmirror.api.UnsupportedEntryException;

/**
 * One side of a link. A failure of its calls gets the side's name before its message. The failures
 * that the engine handles by their type keep that type; most of them pass as they are.
 */
public enum Side {
  SOURCE("source"),
  SINK("sink"),
  INDEX_STORE("index store"),
  NEW_SOURCE("new source"),
  REVERSE_STORE("reverse link's index store");

  /** Such a message reads well behind the name alone. Looks at the first characters only. */
  private static final Pattern BEGINS_WITH_URL = Pattern.compile("[a-z][a-z0-9+.-]{0,15}://");

  private final String text;

  Side(String text) {
    this.text = text;
  }

  /**
   * A call of a side.
   *
   * @param <E> what else it throws
   */
  @FunctionalInterface
  public interface Call<T, E extends Exception> {
    T call() throws IOException, InterruptedException, E;
  }

  /** A call without a result. */
  @FunctionalInterface
  public interface Action {
    void run() throws IOException, InterruptedException;
  }

  /** Returns what the call returns. */
  public <T, E extends Exception> T call(Call<T, E> call)
      throws IOException, InterruptedException, E {
    try {
      return call.call();
    } catch (IOException e) {
      throw named(e);
    } catch (RuntimeException e) {
      throw named(e);
    }
  }

  /** Does it. */
  public void run(Action action) throws IOException, InterruptedException {
    call(() -> {
      action.run();
      return true;
    });
  }

  /**
   * Returns what a call returns that does no input or output. Misuse by the program, such as a sink
   * that two mirrors got, keeps its exception.
   */
  <T> T ask(Supplier<T> question) {
    try {
      return question.get();
    } catch (PermanentException e) {
      throw named(e);
    }
  }

  private IOException named(IOException e) {
    if (e instanceof OutcomeUnknownException unknown) {
      return new OutcomeUnknownException(named(message(e)), unknown.touched(), e);
    }
    boolean isHandled =
        e instanceof SnapshotExpiredException
            || e instanceof SinkDriftedException
            || e instanceof SinkRolledBackException;
    return isHandled ? e : new IOException(named(message(e)), e);
  }

  private RuntimeException named(RuntimeException e) {
    boolean isHandled =
        e instanceof ClosedException
            || e instanceof UnsupportedEntryException
            || e instanceof BatchTooLargeException;
    if (isHandled) {
      return e;
    }
    if (e instanceof FencedException) {
      return new FencedException(named(message(e)), e);
    }
    // Any other unchecked exception is a bug of that side; its class says more than its message.
    return new PermanentException(
        named(e instanceof PermanentException ? message(e) : e.toString()), e);
  }

  private static String message(Exception e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  private String named(String what) {
    return text + (BEGINS_WITH_URL.matcher(what).lookingAt() ? " " : ": ") + what;
  }
}

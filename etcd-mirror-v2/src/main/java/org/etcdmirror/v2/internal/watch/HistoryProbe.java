package org.etcdmirror.v2.internal.watch;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import okhttp3.HttpUrl;
import org.etcdmirror.v2.internal.client.V2Client;

/** A look into history by a thread of its own, which says in a mailbox what it saw. */
final class HistoryProbe {

  private final HistoryLook look;
  private final BlockingQueue<WatchSignal> mailbox;

  private HistoryProbe(HistoryLook look, BlockingQueue<WatchSignal> mailbox) {
    this.look = look;
    this.mailbox = mailbox;
  }

  /** Begins a look; exactly one signal comes of it, also after {@link #cancel}. */
  static HistoryProbe begin(V2Client client, HistoryLook look, BlockingQueue<WatchSignal> mailbox)
      throws IOException {
    HistoryProbe probe = new HistoryProbe(look, mailbox);
    try {
      client.executor().execute(probe::run);
    } catch (RejectedExecutionException e) {
      throw new IOException("the client is closed", e);
    }
    return probe;
  }

  HttpUrl endpoint() {
    return look.endpoint();
  }

  /** Whether a signal is what came of this look. */
  boolean says(WatchSignal signal) {
    return (signal instanceof WatchSignal.Looked looked && looked.probe() == this)
        || (signal instanceof WatchSignal.LookFailed failed && failed.probe() == this);
  }

  void cancel() {
    look.cancel();
  }

  private void run() {
    WatchSignal signal;
    try {
      signal = new WatchSignal.Looked(this, look.ask(0));
    } catch (Throwable e) {
      // An Error too: a look that said nothing would be waited for.
      signal = new WatchSignal.LookFailed(this, e);
    }
    mailbox.add(signal);
  }
}

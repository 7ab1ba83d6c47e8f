package org.etcdmirror.service.progress;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.service.run.LinkRunListener;
import org.etcdmirror.service.run.RunningLink;

/** Writes to the log how far the resyncs of all links of a process are. One thread looks. */
public final class LinkProgress implements LinkRunListener, AutoCloseable {

  private final Map<RunningLink, ProgressView> views = new ConcurrentHashMap<>();
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "progress");
        thread.setDaemon(true);
        return thread;
      });

  /** Begins to look. */
  public LinkProgress() {
    ScheduledFuture<?> unused = looks.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
  }

  @Override
  public void onAdded(RunningLink link) {
    views.put(link, ProgressWatch.log(link.mirror()));
  }

  @Override
  public void onRemoved(RunningLink link) {
    views.remove(link);
  }

  private void look() {
    views.forEach((link, view) -> view.show(link.mirror().status().resync()));
  }

  @Override
  public void close() {
    looks.shutdownNow();
  }
}

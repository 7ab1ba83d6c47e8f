package org.etcdmirror.service.run;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.service.config.LinkList;
import org.etcdmirror.service.config.UsageException;
import org.etcdmirror.service.log.OneLine;
import org.etcdmirror.service.log.ServiceLogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the links of a process, and takes over changes of the configuration. The failure of one link
 * leaves the others alone. The thread of {@link #run} starts and stops links and calls the
 * listeners; the other methods may be called by any thread.
 */
public final class LinkRun implements Lifetime.Mirrors {

  private static final Logger log = LoggerFactory.getLogger(LinkRun.class);

  private final Supplier<LinkList> config;
  private final SystemdNotifier systemd;
  private final List<LinkRunListener> listeners;
  private final RunningLinks running = new RunningLinks();
  private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

  /** The links whose failure was told. */
  private final Set<RunningLink> failed = new HashSet<>();

  private final boolean isList;
  private LinkList list;
  private List<RunningLink> unstarted;
  private @Nullable Outcome outcome;

  /** Whether all links of the first configuration were started. */
  private volatile boolean started;

  /**
   * Makes the links of a configuration. None is started.
   *
   * @param first the configuration
   * @param config reads it again
   * @param listeners are told which links run
   * @throws UsageException if the configuration is wrong
   */
  public LinkRun(
      LinkList first,
      Supplier<LinkList> config,
      SystemdNotifier systemd,
      LinkRunListener... listeners) {
    this.list = first;
    this.config = config;
    this.systemd = systemd;
    this.listeners = List.of(listeners);
    this.isList = first.isList();
    this.unstarted = LinkChanges.make(first.all(), listener());
    unstarted.forEach(this::add);
  }

  /** Starts all links, and works until the process has to end. */
  public Outcome run() throws InterruptedException {
    unstarted.forEach(running::start);
    unstarted = List.of();
    started = true;
    report();
    while (true) {
      Outcome end = outcome;
      if (end != null) {
        return end;
      }
      tasks.take().run();
    }
  }

  /** Has the configuration read again, soon. */
  public void reload() {
    tasks.add(this::readAgain);
  }

  @Override
  public List<MirrorStatus> statuses() {
    return running.all().stream().map(link -> link.mirror().status()).toList();
  }

  @Override
  public void close() {
    running.close();
    tasks.add(() -> outcome = outcome == null ? Outcome.DONE : outcome);
  }

  private MirrorListener listener() {
    return new MirrorListener() {
      @Override
      public void onState(MirrorState before, MirrorState after) {
        if (after == MirrorState.FAILED) {
          tasks.add(LinkRun.this::lookForFailures);
        }
        if (isList) {
          report();
        } else {
          // A link that is stopped to be replaced does not stop the service.
          systemd.report(after::toString, running.isClosed() || after == MirrorState.FAILED);
        }
      }
    };
  }

  private void report() {
    if (started && isList) {
      systemd.report(running::describe, running.isClosed());
    }
  }

  private void add(RunningLink link) {
    listeners.forEach(listener -> listener.onAdded(link));
  }

  private void stop(List<RunningLink> links) {
    RunningLinks.close(links);
    running.remove(links);
    links.forEach(link -> listeners.forEach(listener -> listener.onRemoved(link)));
  }

  private void readAgain() {
    LinkList next;
    LinkChanges changes;
    try {
      next = config.get();
      list.refuseOtherProcess(next);
      changes = LinkChanges.between(running.all(), next, listener());
    } catch (RuntimeException | LinkageError e) {
      String why = OneLine.of(Outcome.causeOf(e), " ");
      log.error(
          ServiceLogEvent.RELOAD_REFUSED.marker(),
          "the configuration was read again, and nothing was changed: {}",
          why);
      log.debug("reload failed", e);
      listeners.forEach(listener -> listener.onReload(why));
      return;
    }
    list = next;
    listeners.forEach(LinkRunListener::onReloading);
    stop(changes.gone());
    changes.made().forEach(this::add);
    changes.made().forEach(running::start);
    log.info(ServiceLogEvent.RELOADED.marker(), "the configuration was read again; {}", changes);
    listeners.forEach(listener -> listener.onReload(null));
    report();
  }

  /** Closes links that have failed, and decides whether the process ends. */
  private void lookForFailures() {
    List<RunningLink> all = running.all();
    List<RunningLink> now = all.stream().filter(RunningLink::hasFailed).toList();
    failed.retainAll(now);
    List<RunningLink> news = now.stream().filter(failed::add).toList();
    RunningLinks.close(news);
    if (!now.isEmpty() && (list.failsFast() || now.size() == all.size())) {
      outcome = Outcome.failed(causes(now));
    } else {
      news.forEach(link ->
          log.error(
              ServiceLogEvent.LINK_FAILED.marker(),
              "[link={}] failed, and the other links go on; SIGHUP starts it again",
              link.name()));
    }
  }

  private String causes(List<RunningLink> links) {
    if (!isList) {
      return links.get(0).cause();
    }
    return links.stream()
        .map(link -> "link '%s': %s".formatted(link.name(), link.cause()))
        .collect(Collectors.joining("; "));
  }
}

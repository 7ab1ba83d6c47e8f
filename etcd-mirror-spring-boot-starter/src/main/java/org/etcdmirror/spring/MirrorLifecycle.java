package org.etcdmirror.spring;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.etcdmirror.core.EtcdMirror;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

/**
 * Builds the mirrors when all beans are there, so that a wrong property ends the start of the
 * application. Starts them when the application is ready, and stops them beside each other.
 */
final class MirrorLifecycle implements SmartLifecycle, SmartInitializingSingleton, DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(MirrorLifecycle.class);

  private final EtcdMirrors mirrors;
  private final int phase;
  private final ApplicationEventPublisher events;
  private volatile boolean running;

  MirrorLifecycle(EtcdMirrors mirrors, int phase, ApplicationEventPublisher events) {
    this.mirrors = mirrors;
    this.phase = phase;
    this.events = events;
  }

  @Override
  public void afterSingletonsInstantiated() {
    mirrors.links().forEach(mirrors::mirror);
  }

  @Override
  public int getPhase() {
    return phase;
  }

  /** A test's context that is kept for later has mirrors that go on. */
  @Override
  public boolean isPauseable() {
    return false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public void start() {
    running = true;
    mirrors.links().forEach(this::start);
  }

  private void start(String link) {
    try {
      mirrors.startable(link).start();
    } catch (RuntimeException e) {
      if (mirrors.properties(link).failFast()) {
        throw e;
      }
      log.error(
          StarterLogEvent.LINK_NOT_STARTED.marker(),
          "link '{}' cannot be started; the application goes on without it",
          link,
          e);
      events.publishEvent(new LinkEvent.Failed(link, e));
    }
  }

  @Override
  public void stop() {
    close().join();
  }

  @Override
  public void stop(Runnable callback) {
    CompletableFuture<Void> unused = close().whenComplete((done, failure) -> callback.run());
  }

  @Override
  public void destroy() {
    close().join();
  }

  private CompletableFuture<Void> close() {
    running = false;
    List<CompletableFuture<Void>> closing =
        mirrors.built().stream().map(MirrorLifecycle::close).toList();
    return CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new));
  }

  private static CompletableFuture<Void> close(EtcdMirror mirror) {
    return CompletableFuture.runAsync(
        mirror::close, task -> new Thread(task, "etcd-mirror-close-" + mirror.link()).start());
  }
}

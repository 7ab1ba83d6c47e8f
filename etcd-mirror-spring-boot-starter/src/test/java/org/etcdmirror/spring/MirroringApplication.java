package org.etcdmirror.spring;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;

/** An application of a user, with the starter and nothing else. It notes what happens. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(OtlpRegistry.class)
public class MirroringApplication implements SmartLifecycle, AutoCloseable {

  private final List<String> notes = new CopyOnWriteArrayList<>();
  private volatile boolean running;

  /** Runs it with the link {@code orders} from one server to another. */
  public static ConfigurableApplicationContext run(
      WebApplicationType type, EtcdServer source, EtcdServer sink, String... more) {
    return run(type, source.clientUrl().toString(), sink.clientUrl().toString(), more);
  }

  static ConfigurableApplicationContext run(
      WebApplicationType type, String source, String sink, String... more) {
    return new SpringApplicationBuilder(MirroringApplication.class)
        .web(type)
        .registerShutdownHook(false)
        .properties(
            "etcd-mirror.links.orders.source.address=v3:" + source,
            "etcd-mirror.links.orders.sink.address=v3:" + sink,
            "etcd-mirror.links.orders.prefix=/orders/",
            "server.port=0")
        .properties(more)
        .run();
  }

  /** What happened so far, in order. */
  public List<String> notes() {
    return notes;
  }

  @EventListener
  void on(LinkEvent.StateChanged event) {
    if (event.after() == MirrorState.STOPPED || event.after() == MirrorState.FAILED) {
      notes.add("mirror " + event.after());
    }
  }

  @EventListener
  void on(LinkEvent.Blocked event) {
    notes.add("blocked");
  }

  @EventListener
  void on(LinkEvent.Approved event) {
    notes.add("approved");
  }

  @EventListener
  void on(LinkEvent.Resynced event) {
    notes.add("resynced");
  }

  @EventListener
  void on(LinkEvent.Failed event) {
    notes.add("failed " + event.failure().getClass().getSimpleName());
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    notes.add("application stopped");
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public void close() {
    notes.add("beans destroyed");
  }
}

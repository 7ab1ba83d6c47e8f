package org.etcdmirror.pairings.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.core.Cutover;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.jspecify.annotations.Nullable;

/** A mirror of a prefix of its own, its two sides, and those who use them. */
final class Life implements AutoCloseable {

  /** A server that does not answer is not waited for any longer. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final Api api;
  private final String link;
  private final String prefix;
  private final Line source;
  private final Line sink;
  private final Alarms alarms = new Alarms();
  private EtcdMirror mirror;
  private @Nullable FutureTask<Boolean> call;
  private int changes;

  Life(Api api, Servers.Pair servers, String link) {
    this.api = api;
    this.link = link;
    this.prefix = "/" + link + "/";
    this.source = line(servers.source());
    this.sink = line(servers.sink());
    this.mirror = build();
  }

  private Line line(Server server) {
    return new Line(server, api.tap(server.url(), prefix));
  }

  /** What the source holds in the beginning. */
  void fill() {
    source.server().fill(prefix);
  }

  private EtcdMirror build() {
    return EtcdMirror.builder()
        .source(api.source(source.url()))
        .sink(api.sink(sink.url()))
        .scope(MirrorScope.of(prefix))
        .link(link)
        .closeTimeout(CLOSE_TIMEOUT)
        .listener(alarms)
        .build();
  }

  Line source() {
    return source;
  }

  Line line(Side side) {
    return side == Side.SOURCE ? source : sink;
  }

  Alarms alarms() {
    return alarms;
  }

  EtcdMirror mirror() {
    return mirror;
  }

  MirrorState state() {
    return mirror.status().state();
  }

  boolean hasFailed() {
    return state() == MirrorState.FAILED;
  }

  void start() {
    mirror.start();
  }

  /** Another mirror of the same link, as a person or the system starts it. */
  void another() {
    mirror.close();
    mirror = build();
  }

  void startAnother() {
    another();
    start();
  }

  /** A client of the source puts keys and deletes one. */
  void change() {
    changes++;
    source.server().put(prefix + "changed", "by " + changes);
    source.server().put(prefix + "new-" + changes, "v");
    source.server().delete(prefix + "0-" + changes);
  }

  /** What the mirror was asked for by a person. */
  void call(Callable<Boolean> what) {
    FutureTask<Boolean> task = new FutureTask<>(what);
    call = task;
    Thread thread = new Thread(task, "caller-" + link);
    thread.setDaemon(true);
    thread.start();
  }

  /** Waits for the end of the call; null if it succeeded, else how it failed. */
  @Nullable Throwable awaitCall() throws Exception {
    FutureTask<Boolean> present = call;
    if (present == null) {
      return null;
    }
    try {
      assertThat(present.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("as asked for").isTrue();
      return null;
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }

  /** Whether the last call has ended by a failure. */
  boolean callHasFailed() throws Exception {
    FutureTask<Boolean> present = call;
    return present != null && present.isDone() && awaitCall() != null;
  }

  boolean verify() throws Exception {
    return mirror.verify().isEqual();
  }

  boolean cutOver() throws Exception {
    try (EventSource newSource = api.source(sink.url());
        IndexStore reverseStore = api.store(source.url(), link)) {
      return Cutover.builder()
          .mirror(mirror)
          .newSource(newSource)
          .reverseStore(reverseStore)
          .build()
          .run(PATIENCE)
          .verified()
          .isEqual();
    }
  }

  /** A connection from before the end of a fault may fail once more. */
  void repeatCutOver() {
    await("cut over").atMost(PATIENCE).ignoreException(IOException.class).until(this::cutOver);
  }

  /** One more change arrives, and the mirror itself says that both sides are equal. */
  void assertFollows() throws Exception {
    change();
    assertThat(mirror.await(source.server().index(), PATIENCE))
        .as(mirror.status().toString())
        .isTrue();
    eventually("following", () -> state() == MirrorState.FOLLOWING);
    await("verified").atMost(PATIENCE).ignoreException(IOException.class).until(this::verify);
  }

  void assertNothingLost() {
    assertThat(sink.server().values(prefix)).isEqualTo(source.server().values(prefix)).isNotEmpty();
  }

  /** Closes the mirror for good, after the fault has ended. */
  void assertLeavesNothing() {
    mirror.close();
    assertLeavesNoThread();
    eventually("no connection", () -> connections() == 0);
  }

  void assertLeavesNoThread() {
    eventually("no thread", () -> threads().isEmpty());
  }

  private int connections() {
    return source.proxy().connections() + sink.proxy().connections();
  }

  private List<String> threads() {
    return MirrorThreads.named("etcd-mirror-" + link + "-");
  }

  static void eventually(String what, Callable<Boolean> condition) {
    await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(condition);
  }

  @Override
  public void close() {
    mirror.close();
    source.close();
    sink.close();
  }
}

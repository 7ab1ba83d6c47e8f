package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.core.MirrorFixture.PATIENCE;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.core.live.Decoder;
import org.etcdmirror.core.live.LiveMap;
import org.etcdmirror.core.live.LiveMapBuilder;
import org.etcdmirror.core.live.LiveUpdate;
import org.etcdmirror.core.live.LiveView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** Maps of {@code /conf/} of a fake source. */
@Timeout(MirrorFixture.LIMIT_SECONDS)
abstract class LiveMapFixture {

  /** The decoder waits at the value {@code held} until this is open. */
  final CountDownLatch gate = new CountDownLatch(1);

  final CountDownLatch heldReached = new CountDownLatch(1);
  final FakeSource source = new FakeSource(KeyModel.BYTES);
  final List<LiveUpdate<String>> updates = new CopyOnWriteArrayList<>();
  private final List<LiveMap<String>> maps = new ArrayList<>();

  @AfterEach
  void closeAll() {
    gate.countDown();
    source.faults.healAll();
    maps.forEach(LiveMap::close);
  }

  private Decoder<String> decoder() {
    return (key, value) -> {
      String text = Decoder.utf8().decode(key, value);
      if (text.equals("held")) {
        heldReached.countDown();
        gate.await();
      }
      return text;
    };
  }

  /** A map that is level; its updates are recorded. */
  LiveMap<String> level() throws InterruptedException {
    return level(builder -> builder);
  }

  LiveMap<String> level(UnaryOperator<LiveMapBuilder<String>> options) throws InterruptedException {
    LiveMap<String> map = started(options);
    await(map, source.index());
    return map;
  }

  LiveMap<String> started(UnaryOperator<LiveMapBuilder<String>> options) {
    LiveMapBuilder<String> builder =
        LiveMap.builder(source, decoder())
            .prefix("/conf/")
            .listener(updates::add)
            .mirror(LiveMapFixture::quick);
    LiveMap<String> map = options.apply(builder).start();
    maps.add(map);
    return map;
  }

  static void quick(EtcdMirrorBuilder mirror) {
    mirror
        .backoff(Duration.ofMillis(1), Duration.ofMillis(20))
        .resyncs(Duration.ofHours(1), Duration.ofMillis(1), Duration.ofMillis(20));
  }

  static void await(LiveMap<String> map, long index) throws InterruptedException {
    assertThat(map.await(index, PATIENCE)).as(map.mirror().status().toString()).isTrue();
  }

  /** Changes the source while no stream delivers, and forgets the history of that. */
  void missHistory(Runnable changes) {
    source.faults.failAlways("poll", () -> new IOException("away"));
    source.breakStreams();
    changes.run();
    source.clearHistory();
    source.faults.heal("poll");
  }

  static Map<String, String> text(LiveView<String> view) {
    Map<String, String> text = new TreeMap<>();
    view.entries().forEach((key, value) -> text.put(key.utf8(), value));
    return text;
  }
}

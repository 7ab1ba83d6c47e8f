package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.core.MirrorFixture.PATIENCE;
import static org.etcdmirror.core.MirrorFixture.eventually;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.core.live.LiveMap;
import org.etcdmirror.core.live.LiveMapBuilder;
import org.etcdmirror.core.live.Undecodable;
import org.etcdmirror.core.live.UndecodableHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(MirrorFixture.LIMIT_SECONDS)
class LiveMapUndecodableTest {

  private static final Bytes PORT = Bytes.utf8("/conf/port");

  private final FakeSource source = new FakeSource(KeyModel.BYTES);
  private final List<LiveMap<Integer>> maps = new ArrayList<>();

  @BeforeEach
  void oneGoodValue() {
    source.put("/conf/port", "80");
  }

  @AfterEach
  void close() {
    maps.forEach(LiveMap::close);
  }

  private LiveMap<Integer> handling(UndecodableHandler<Integer> handler) {
    return started(builder -> builder.onUndecodable(handler));
  }

  private LiveMap<Integer> started(UnaryOperator<LiveMapBuilder<Integer>> options) {
    LiveMapBuilder<Integer> builder =
        LiveMap.builder(source, (key, value) -> Integer.valueOf(value.utf8())).prefix("/conf/");
    LiveMap<Integer> map = options.apply(builder).start();
    maps.add(map);
    return map;
  }

  private void level(LiveMap<Integer> map) throws InterruptedException {
    assertThat(map.await(source.index(), PATIENCE)).isTrue();
  }

  @Test
  void theKeyIsAbsentAndNamedByDefault() throws Exception {
    try (CapturedLog log = new CapturedLog()) {
      LiveMap<Integer> map = started(UnaryOperator.identity());
      level(map);
      assertThat(map.get("/conf/port")).contains(80);
      source.put("/conf/port", "a secret");
      level(map);
      assertThat(map.get("/conf/port")).isEmpty();
      Undecodable<Integer> bad = requireNonNull(map.view().undecodable().get(PORT));
      assertThat(bad.value()).isEqualTo(Bytes.utf8("a secret"));
      assertThat(bad.failure()).isInstanceOf(NumberFormatException.class);
      assertThat(bad.previous()).isEqualTo(80);
      assertThat(log.warnings())
          .anySatisfy(line -> assertThat(line).contains("/conf/port", "NumberFormatException"))
          .noneSatisfy(line -> assertThat(line).contains("a secret"));
    }
  }

  @Test
  void aGoodValueOrADeleteEndsIt() throws Exception {
    source.put("/conf/port", "x");
    source.put("/conf/other", "y");
    LiveMap<Integer> map = started(UnaryOperator.identity());
    level(map);
    assertThat(map.view().undecodable()).hasSize(2);
    source.put("/conf/port", "81");
    source.delete("/conf/other");
    level(map);
    assertThat(map.view().undecodable()).isEmpty();
    assertThat(map.get("/conf/port")).contains(81);
  }

  @Test
  void theHandlerMayKeepTheOldValue() throws Exception {
    LiveMap<Integer> map = handling(bad -> Optional.ofNullable(bad.previous()));
    level(map);
    source.put("/conf/port", "x");
    source.put("/conf/new", "x");
    level(map);
    assertThat(map.get("/conf/port")).contains(80);
    assertThat(map.get("/conf/new")).isEmpty();
    assertThat(map.view().undecodable()).hasSize(2);
  }

  @Test
  void aHandlerThatThrowsEndsTheMirrorBeforeTheValueIsShown() throws Exception {
    LiveMap<Integer> map =
        handling(bad -> {
          throw new IllegalStateException("no map with " + bad.key(), bad.failure());
        });
    level(map);
    source.put("/conf/port", "x");
    eventually(() -> map.mirror().failure().isPresent());
    assertThat(map.mirror().failure().orElseThrow())
        .hasStackTraceContaining("no map with /conf/port");
    assertThat(map.get("/conf/port")).contains(80);
    assertThat(map.view().undecodable()).isEmpty();
  }

  /** Java allows it, whatever the annotations say. */
  @SuppressWarnings("NullAway")
  private static Integer nothing() {
    return null;
  }

  @Test
  void aDecoderThatReturnsNullHasRefusedTheValue() throws Exception {
    LiveMap<Integer> map =
        LiveMap.builder(source, (key, value) -> nothing()).prefix("/conf/").start();
    maps.add(map);
    level(map);
    assertThat(map.get("/conf/port")).isEmpty();
    assertThat(map.view().undecodable()).containsOnlyKeys(PORT);
  }
}

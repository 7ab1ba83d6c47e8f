package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.core.MirrorFixture.PATIENCE;
import static org.etcdmirror.core.MirrorFixture.eventually;

import java.util.Optional;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.core.live.LiveMap;
import org.etcdmirror.core.live.LiveMapBuilder;
import org.etcdmirror.core.live.Undecodable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(MirrorFixture.LIMIT_SECONDS)
class LiveMapUndecodableTest {

  private static final Bytes PORT = Bytes.utf8("/conf/port");

  private final FakeSource source = new FakeSource(KeyModel.BYTES);
  private LiveMap<Integer> map;

  @BeforeEach
  void oneGoodValue() {
    source.put("/conf/port", "80");
  }

  @AfterEach
  void close() {
    map.close();
  }

  private LiveMapBuilder<Integer> builder() {
    return LiveMap.builder(source, (key, value) -> Integer.valueOf(value.utf8())).prefix("/conf/");
  }

  private void level() throws InterruptedException {
    assertThat(map.await(source.index(), PATIENCE)).isTrue();
  }

  @Test
  void theKeyIsAbsentAndNamedByDefault() throws Exception {
    try (CapturedLog log = new CapturedLog()) {
      map = builder().start();
      level();
      assertThat(map.get("/conf/port")).contains(80);
      source.put("/conf/port", "a secret");
      level();
      assertThat(map.get("/conf/port")).isEmpty();
      Undecodable<Integer> bad = map.view().undecodable().get(PORT);
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
    map = builder().start();
    level();
    assertThat(map.view().undecodable()).hasSize(2);
    source.put("/conf/port", "81");
    source.delete("/conf/other");
    level();
    assertThat(map.view().undecodable()).isEmpty();
    assertThat(map.get("/conf/port")).contains(81);
  }

  @Test
  void theHandlerMayKeepTheOldValue() throws Exception {
    map = builder().onUndecodable(bad -> Optional.ofNullable(bad.previous())).start();
    level();
    source.put("/conf/port", "x");
    source.put("/conf/new", "x");
    level();
    assertThat(map.get("/conf/port")).contains(80);
    assertThat(map.get("/conf/new")).isEmpty();
    assertThat(map.view().undecodable()).hasSize(2);
  }

  @Test
  void aHandlerThatThrowsEndsTheMirrorBeforeTheValueIsShown() throws Exception {
    map =
        builder()
            .onUndecodable(bad -> {
              throw new IllegalStateException("no map with " + bad.key(), bad.failure());
            })
            .start();
    level();
    source.put("/conf/port", "x");
    eventually(() -> map.mirror().failure().isPresent());
    assertThat(map.mirror().failure().orElseThrow())
        .hasStackTraceContaining("no map with /conf/port");
    assertThat(map.get("/conf/port")).contains(80);
    assertThat(map.view().undecodable()).isEmpty();
  }

  @Test
  void aDecoderThatReturnsNullHasRefusedTheValue() throws Exception {
    map = LiveMap.<Integer>builder(source, (key, value) -> null).prefix("/conf/").start();
    level();
    assertThat(map.get("/conf/port")).isEmpty();
    assertThat(map.view().undecodable()).containsOnlyKeys(PORT);
  }
}

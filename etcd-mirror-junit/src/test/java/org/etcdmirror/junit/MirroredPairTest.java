package org.etcdmirror.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a pair does for a test of an application. */
@Timeout(600)
@MirroredEtcd(source = EtcdApi.V2, sink = EtcdApi.V3, prefix = "/app")
class MirroredPairTest {

  private final MirroredPair pair;

  MirroredPairTest(MirroredPair pair) {
    this.pair = pair;
  }

  static Stream<Arguments> eachWithEach() {
    return Arrays.stream(EtcdApi.values())
        .flatMap(from -> Arrays.stream(EtcdApi.values()).map(to -> arguments(from, to)));
  }

  @ParameterizedTest
  @MethodSource("eachWithEach")
  void writersMoveToTheOtherSideAndBackWithoutACopy(EtcdApi from, EtcdApi to) throws Exception {
    try (MirroredPair other =
        new MirroredPair(from, to, MirrorScope.of("/app"), new MirrorCustomizer.None())) {
      Clients.put(other.writer(), "/app/a", "1");
      Clients.put(other.writer(), "/app/gone", "1");
      other.start();
      assertThat(other.cutOver().verified().isEqual()).isTrue();

      assertThat(other.writer()).isSameAs(other.sink());
      Clients.put(other.writer(), "/app/b", "2");
      Clients.delete(other.writer(), "/app/gone");
      other.awaitLevel();
      assertThat(Clients.values(other.reader(), "/app"))
          .isEqualTo(Map.of("/app/a", "1", "/app/b", "2"));
      EtcdMirror back = other.mirror();
      assertThat(other.cutOver().verified().isEqual()).isTrue();
      assertThat(back.status().counters().resyncs()).isZero();

      assertThat(other.writer()).isSameAs(other.source());
      Clients.put(other.writer(), "/app/c", "3");
      other.awaitLevel();
      other.verifyEqual();
      assertThat(Clients.values(other.sink(), "/app"))
          .isEqualTo(Map.of("/app/a", "1", "/app/b", "2", "/app/c", "3"));
    }
  }

  @Test
  void theMirrorRunsFromTheBeginningAndWritesBecomeVisible() throws Exception {
    Clients.put(pair.writer(), "/app/a", "1");
    pair.awaitLevel();
    assertThat(Clients.values(pair.reader(), "/app")).isEqualTo(Map.of("/app/a", "1"));
    assertThat(pair.source().address()).isEqualTo("v2:" + pair.source().server().clientUrl());
    assertThat(pair.sink().address()).isEqualTo("v3:" + pair.sink().server().clientUrl());
  }

  @Test
  void aDifferenceIsNamed() throws Exception {
    Clients.put(pair.writer(), "/app/a", "1");
    pair.awaitLevel();
    pair.verifyEqual();
    Clients.put(pair.reader(), "/app/stranger", "1");
    assertThatThrownBy(pair::verifyEqual)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("/app/stranger");
  }

  @Test
  void aFaultOfALineConcernsTheMirrorAlone() throws Exception {
    Clients.put(pair.writer(), "/app/a", "1");
    pair.awaitLevel();
    pair.sink().line().refuse(true);
    pair.sink().line().cutAll();
    Clients.put(pair.writer(), "/app/b", "2");
    await().atMost(PATIENCE).until(() -> pair.mirror().status().state() == MirrorState.RETRYING);
    assertThat(Clients.values(pair.reader(), "/app")).isEqualTo(Map.of("/app/a", "1"));
    pair.sink().line().heal();
    pair.awaitLevel();
    assertThat(Clients.values(pair.reader(), "/app"))
        .isEqualTo(Map.of("/app/a", "1", "/app/b", "2"));
  }

  @Test
  void aServerThatWasKilledComesBack() throws Exception {
    Clients.put(pair.writer(), "/app/a", "1");
    pair.awaitLevel();
    pair.source().server().kill();
    pair.source().server().restart();
    Clients.put(pair.writer(), "/app/b", "2");
    pair.awaitLevel();
    pair.verifyEqual();
  }

  @Test
  void aMirrorThatFailedIsNotLevelAndSaysWhy() {
    pair.mirror().close();
    assertThatThrownBy(pair::awaitLevel)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("did not become level");
  }
}

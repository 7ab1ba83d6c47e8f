package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.util.List;
import java.util.regex.Pattern;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The keys that a scope excludes, and the warnings on excludes. */
@Timeout(600)
@EtcdTest
class ExcludeTest {

  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;

  static List<String> kinds() {
    return Keyspace.kinds();
  }

  ExcludeTest(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
  }

  private Link link(String kind) {
    Link link = new Link(Keyspace.of(kind, sourceEtcd), Keyspace.of(kind, sinkEtcd));
    link.source().put("/conf/a", "1");
    link.source().put("/conf/secret/key", "s");
    return link;
  }

  private static EtcdMirror mirror(Link link, MirrorScope.Builder scope) {
    return link.mirror(builder -> builder.scope(scope.build()));
  }

  private static MirrorScope.Builder conf() {
    return MirrorScope.builder().prefix("/conf/");
  }

  private static MirrorStatus.Excluded level(Link link, EtcdMirror mirror) throws Exception {
    mirror.start();
    assertThat(mirror.await(link.source().index(), PATIENCE)).isTrue();
    assertThat(mirror.status().excluded()).hasSize(1);
    return mirror.status().excluded().get(0);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void excludePatternThatNamesADirectoryGetsAWarning(String kind) throws Exception {
    Link link = link(kind);
    try (EtcdMirror mirror = mirror(link, conf().exclude(Pattern.compile("/conf/secret")))) {
      assertThat(level(link, mirror).warning()).contains("'/conf/secret/key'", "--exclude-prefix");
      assertThat(link.sink().values("/conf/")).containsKey("/conf/secret/key");
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void excludePatternThatMatchesNoKeyGetsAWarning(String kind) throws Exception {
    Link link = link(kind);
    try (EtcdMirror mirror = mirror(link, conf().exclude(Pattern.compile("/conf/typo/.*")))) {
      assertThat(level(link, mirror).warning()).contains("matches no key");
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void excludedPrefixIsLeftOutOfTheFirstCopyAndOfEvents(String kind) throws Exception {
    Link link = link(kind);
    try (EtcdMirror mirror = mirror(link, conf().excludePrefix("/conf/secret/"))) {
      MirrorStatus.Excluded told = level(link, mirror);
      assertThat(told.leftOut()).isPositive();
      assertThat(told.warning()).isNull();
      link.source().put("/conf/secret/live", "s");
      link.source().put("/conf/b", "2");
      level(mirror, link);
      assertThat(link.sink().values("/conf/")).containsOnlyKeys("/conf/a", "/conf/b");
      assertThat(mirror.status().excluded().get(0).leftOut()).isGreaterThan(told.leftOut());
      assertThat(mirror.verify().isEqual()).isTrue();
    }
  }

  private static void level(EtcdMirror mirror, Link link) throws Exception {
    assertThat(mirror.await(link.source().index(), PATIENCE)).isTrue();
  }
}

package org.etcdmirror.pairings;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.DeleteLimitException;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A link whose scope changes between two runs, on real servers. */
@Tag("long")
@Timeout(600)
class ScopeChangeTest {

  private static final String OURS = "the sink's";
  private static final MirrorScope CONF = MirrorScope.of("/conf/");

  static Stream<Arguments> pairings() {
    return ScopedLink.of("v2 to v2", "v2 to v3", "v3 to v2", "v3 to v3");
  }

  private static void fill(ScopedLink link) {
    for (String key : new String[] {"/conf/a/1", "/conf/b/2", "/conf/secret/3", "/other/4"}) {
      link.source.put(key, key);
    }
    link.sink.put("/conftool/ours", OURS);
    link.sink.put("/copy/ours", OURS);
    link.sink.put("/other-ours/x", OURS);
  }

  /** Besides its own keys, the sink holds these, each with its key in the source as value. */
  private static void assertHeld(ScopedLink link, Map<String, String> expected) {
    Map<String, String> held =
        new TreeMap<>(link.held("/conf/", "/conftool/", "/copy/", "/other/", "/other-ours/"));
    assertThat(held.remove("/conftool/ours")).isEqualTo(OURS);
    assertThat(held.remove("/copy/ours")).isEqualTo(OURS);
    assertThat(held.remove("/other-ours/x")).isEqualTo(OURS);
    assertThat(held).isEqualTo(expected);
  }

  private static Map<String, String> same(String... keys) {
    Map<String, String> same = new TreeMap<>();
    for (String key : keys) {
      same.put(key, key);
    }
    return same;
  }

  @ParameterizedTest(name = "{1} to {2} on {0}")
  @MethodSource("pairings")
  @Execution(CONCURRENT)
  void sinkFollowsEachChangeOfTheScope(EtcdBinary binary, String from, String to) throws Exception {
    try (ScopedLink link = new ScopedLink(binary, from, to)) {
      fill(link);
      link.run(CONF);
      assertHeld(link, same("/conf/a/1", "/conf/b/2", "/conf/secret/3"));

      link.run(MirrorScope.of("/conf/a/"));
      assertHeld(link, same("/conf/a/1"));
      link.run(CONF);
      assertHeld(link, same("/conf/a/1", "/conf/b/2", "/conf/secret/3"));

      link.run(
          MirrorScope.builder()
              .prefix("/conf/")
              .exclude(Pattern.compile("/conf/secret(/.*)?"))
              .build());
      assertHeld(link, same("/conf/a/1", "/conf/b/2"));
      link.run(MirrorScope.of("/conf/", "/other/"));
      assertHeld(link, same("/conf/a/1", "/conf/b/2", "/conf/secret/3", "/other/4"));

      link.run(MirrorScope.builder().rename("/conf/b/", "/copy/b/").prefix("/other/").build());
      assertHeld(link, Map.of("/copy/b/2", "/conf/b/2", "/other/4", "/other/4"));

      assertThat(link.gaps)
          .containsExactly(
              Gap.Reason.SCOPE_CHANGED,
              Gap.Reason.SCOPE_CHANGED,
              Gap.Reason.SCOPE_CHANGED,
              Gap.Reason.SCOPE_CHANGED,
              Gap.Reason.SCOPE_CHANGED);
      link.source.put("/conf/b/2", "new");
      link.run(CONF);
      link.run(CONF);
      assertThat(link.gaps).hasSize(6);
      assertThat(link.held("/conf/", "/other/", "/copy/"))
          .isEqualTo(
              Map.of(
                  "/conf/a/1", "/conf/a/1",
                  "/conf/b/2", "new",
                  "/conf/secret/3", "/conf/secret/3",
                  "/copy/ours", OURS));
    }
  }

  @ParameterizedTest(name = "{1} to {2} on {0}")
  @MethodSource("pairings")
  @Execution(CONCURRENT)
  void formerPrefixFromAForgedCheckpointNeedsApproval(EtcdBinary binary, String from, String to)
      throws Exception {
    try (ScopedLink link = new ScopedLink(binary, from, to)) {
      fill(link);
      link.run(CONF);
      try (IndexStore store = ScopedLink.store(to, link.sinkEtcd)) {
        Checkpoint at = store.load().orElseThrow();
        Map<String, String> notes = new TreeMap<>(at.notes());
        String models = notes.getOrDefault("scope", "").lines().findFirst().orElseThrow();
        String forged = "\n" + models + "\nfrom /other-ours/\nto /other-ours/";
        notes.merge("scope", forged, String::concat);
        store.save(at.withNotes(notes));
      }
      try (EtcdMirror mirror = link.builder(CONF).deleteLimit(DeleteLimit.percent(100)).build()) {
        mirror.start();
        Link.eventually("it asks", () -> mirror.status().state() == MirrorState.BLOCKED);
        PendingApproval pending = requireNonNull(mirror.status().pending());
        assertThat(requireNonNull(pending.plan()).formerDeletes().toString())
            .contains("/other-ours");
        assertHeld(link, same("/conf/a/1", "/conf/b/2", "/conf/secret/3"));
        mirror.approve(pending.token());
        Link.eventually("it follows", () -> mirror.status().state() == MirrorState.FOLLOWING);
        assertThat(link.held("/other-ours/")).isEmpty();
        assertThat(link.held("/conf/")).hasSize(3);
      }
    }
  }

  @ParameterizedTest(name = "{1} to {2} on {0}")
  @MethodSource("pairings")
  @Execution(CONCURRENT)
  void scopeChangeOverTheDeleteLimitIsRefusedAndCanBeReverted(
      EtcdBinary binary, String from, String to) throws Exception {
    try (ScopedLink link = new ScopedLink(binary, from, to)) {
      fill(link);
      for (int i = 0; i < 120; i++) {
        link.source.put("/conf/many/" + i, "v");
      }
      link.run(CONF);
      Map<String, String> before = link.held("/conf/");
      assertThat(before).hasSize(123);
      try (EtcdMirror wrong =
          link.builder(MirrorScope.builder().rename("/conf/", "/konf/").build()).build()) {
        assertThatThrownBy(wrong::syncOnce).hasCauseInstanceOf(DeleteLimitException.class);
      }
      assertThat(link.held("/conf/")).isEqualTo(before);
      link.run(CONF);
      assertThat(link.held("/conf/")).isEqualTo(before);
      assertThat(link.held("/konf/")).isEmpty();
    }
  }
}

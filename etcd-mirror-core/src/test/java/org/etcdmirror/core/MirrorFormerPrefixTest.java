package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.internal.checkpoint.ExpiringKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys that only the checkpoint assigns to this link are not deleted without approval. */
class MirrorFormerPrefixTest extends MirrorFixture {

  private static final DeleteLimit ANY = DeleteLimit.percent(100);

  private void use(KeyModel model) {
    source = new FakeSource(model);
    sink = new FakeSink(model);
  }

  /** The sink is level under {@code /conf/}, and holds others' keys beside it. */
  private void levelBesideOthers() throws InterruptedException {
    source.put("/conf/a", "1");
    sink.preset("/other/x", "theirs");
    sink.preset("/other/y", "theirs");
    sink.preset("/otherwise", "theirs");
    scope = MirrorScope.of("/conf/");
    following(b -> b.deleteLimit(ANY)).close();
    eventually(() -> store.index() == source.index());
  }

  private String own() {
    return requireNonNull(store.notes().get("scope"));
  }

  /** Forges former scopes in the checkpoint. */
  private void forge(String... prefixes) {
    StringBuilder note = new StringBuilder(own());
    for (String prefix : prefixes) {
      note.append("\nkeys %1$s %1$s\nfrom %2$s\nto %2$s".formatted(source.keyModel(), prefix));
    }
    Map<String, String> notes = new TreeMap<>(store.notes());
    notes.put("scope", note.toString());
    store.presetNotes(notes);
  }

  private EtcdMirror blocked(UnaryOperator<EtcdMirrorBuilder> settings) {
    EtcdMirror mirror =
        started(b ->
            settings
                .apply(b.deleteLimit(ANY))
                .lookAgain(Duration.ofMillis(5), Duration.ofMillis(20)));
    awaitState(mirror, MirrorState.BLOCKED);
    return mirror;
  }

  private static PendingApproval pending(EtcdMirror mirror) {
    return requireNonNull(mirror.status().pending());
  }

  private static Map<Bytes, Long> former(EtcdMirror mirror) {
    return requireNonNull(pending(mirror).plan()).formerDeletes();
  }

  private void assertOthersStand() {
    assertThat(sink.values())
        .containsEntry("/other/x", "theirs")
        .containsEntry("/other/y", "theirs")
        .containsEntry("/otherwise", "theirs");
  }

  /** The prefix in the spelling of the key model. */
  private Bytes prefix(String text) {
    boolean isPath = source.keyModel() == KeyModel.PATHS;
    return Bytes.utf8(isPath && text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
  }

  @ParameterizedTest
  @EnumSource
  void forgedScopeDeletesNothingAndBlocksMirror(KeyModel model) throws Exception {
    use(model);
    levelBesideOthers();
    forge("/other/");
    EtcdMirror mirror = blocked(b -> b);
    long keys = model == KeyModel.PATHS ? 3 : 2;
    assertThat(former(mirror)).isEqualTo(Map.of(prefix("/other/"), keys));
    assertThat(pending(mirror).reason())
        .contains("%d under '%s'".formatted(keys, prefix("/other/")))
        .contains("--former-prefix");
    assertOthersStand();
    mirror.close();
    assertOthersStand();

    EtcdMirror planned = mirror(b -> b.deleteLimit(ANY));
    assertThat(planned.plan().formerDeletes()).hasSize(1);
    assertThat(planned.plan().refusal()).contains("--former-prefix");
    assertThatThrownBy(planned::syncOnce).hasCauseInstanceOf(DeleteLimitException.class);
    assertOthersStand();
  }

  @ParameterizedTest
  @EnumSource
  void forgedScopeOfEverythingNeedsApprovalDespiteNamedPrefix(KeyModel model) throws Exception {
    use(model);
    levelBesideOthers();
    scope = MirrorScope.of("/conf/");
    forge("/");
    EtcdMirror mirror = blocked(b -> b.formerPrefix("/other/"));
    assertThat(former(mirror)).containsOnlyKeys(Bytes.utf8("/"));
    assertOthersStand();
  }

  @ParameterizedTest
  @EnumSource
  void approvalDeletesShownFormerKeys(KeyModel model) throws Exception {
    use(model);
    levelBesideOthers();
    forge("/other/");
    EtcdMirror mirror = blocked(b -> b);
    approve(mirror);
    level(mirror);
    awaitState(mirror, MirrorState.FOLLOWING);
    assertThat(sink.values()).containsOnlyKeys("/conf/a", "/otherwise");
    eventually(() -> !own().contains("/other"));
  }

  @ParameterizedTest
  @EnumSource
  void namedFormerPrefixIsDeletedWithoutApproval(KeyModel model) throws Exception {
    use(model);
    levelBesideOthers();
    forge("/other/");
    following(b -> b.deleteLimit(ANY).formerPrefix("/other/"));
    assertThat(sink.values()).containsOnlyKeys("/conf/a", "/otherwise");
    assertThat(told.blocked).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void namedFormerPrefixDoesNotApproveOthers(KeyModel model) throws Exception {
    use(model);
    levelBesideOthers();
    sink.preset("/third/z", "theirs");
    forge("/other/", "/third/");
    EtcdMirror mirror = blocked(b -> b.formerPrefix("/other/"));
    assertThat(former(mirror)).containsOnlyKeys(prefix("/third/"));
    assertOthersStand();
  }

  @ParameterizedTest
  @EnumSource
  void emptyFormerPrefixNeedsNoApproval(KeyModel model) throws Exception {
    use(model);
    levelBesideOthers();
    forge("/empty/", "/conf/a");
    following(b -> b.deleteLimit(ANY));
    assertThat(told.blocked).isEmpty();
    assertOthersStand();
    eventually(() -> !own().contains("/empty"));
  }

  @Test
  void moreFormerKeysThanShownNeedNewApproval() throws Exception {
    levelBesideOthers();
    forge("/other/");
    EtcdMirror mirror = blocked(b -> b);
    String token = pending(mirror).token();
    sink.preset("/other/z", "theirs");
    eventually(() -> former(mirror).containsValue(4L));
    assertThatThrownBy(() -> mirror.approve(token)).isInstanceOf(OtherApprovalException.class);
    assertThat(sink.values()).containsKey("/other/x");
  }

  @Test
  void formerKeysAddedBeforeApprovalNeedNewApproval() throws Exception {
    levelBesideOthers();
    sink.preset("/conf/extra", "1");
    forge("/other/");
    EtcdMirror mirror =
        started(b -> b.deleteLimit(ANY).lookAgain(Duration.ofHours(1), Duration.ofHours(1)));
    awaitState(mirror, MirrorState.BLOCKED);
    sink.lose("/conf/extra");
    sink.preset("/other/z", "theirs");
    String token = pending(mirror).token();
    mirror.approve(token);
    eventually(() -> mirror.status().pending() != null && !pending(mirror).token().equals(token));
    assertThat(former(mirror)).containsValue(4L);
    assertThat(sink.values()).containsKey("/other/x");
  }

  @Test
  void restartForgetsApprovalThatWasNotExecuted() throws Exception {
    levelBesideOthers();
    forge("/other/");
    EtcdMirror first = blocked(b -> b);
    String token = pending(first).token();
    sink.faults.failAlways("apply", () -> new IOException("not now"));
    approve(first);
    eventually(() -> sink.faults.calls("apply") > 2);
    first.close();
    sink.faults.heal("apply");
    EtcdMirror second = blocked(b -> b);
    assertThat(former(second)).containsOnlyKeys(Bytes.utf8("/other"));
    assertThatThrownBy(() -> second.approve(token)).isInstanceOf(OtherApprovalException.class);
    assertOthersStand();
  }

  @Test
  void expiringFormerKeysStillNeedApproval() throws Exception {
    levelBesideOthers();
    forge("/other/");
    Map<String, String> notes = new TreeMap<>(store.notes());
    ExpiringKeys expiring = new ExpiringKeys();
    expiring.learn(
        List.of(Bytes.utf8("/other"), Bytes.utf8("/other/x"), Bytes.utf8("/other/y")), true);
    notes.put("expiring", requireNonNull(expiring.note()));
    store.presetNotes(notes);
    blocked(b -> b);
    assertOthersStand();
  }

  @Test
  void missingScopeNoteNeitherBlocksNorDeletes() throws Exception {
    levelBesideOthers();
    String scopeOfThis = own();
    forge("/other/");
    blocked(b -> b).close();
    Map<String, String> notes = new TreeMap<>(store.notes());
    notes.remove("scope");
    notes.remove("must-compare");
    store.presetNotes(notes);
    following();
    assertOthersStand();
    eventually(() -> store.notes().getOrDefault("scope", "/other").equals(scopeOfThis));
  }

  @Test
  void narrowedScopeNeedsApprovalForKeysOutsideIt() throws Exception {
    source.put("/conf/a/x", "1");
    source.put("/conf/b/y", "1");
    scope = MirrorScope.of("/conf");
    following().close();
    eventually(() -> store.index() == source.index());
    scope = MirrorScope.of("/conf/a");
    EtcdMirror mirror = blocked(b -> b);
    assertThat(former(mirror)).isEqualTo(Map.of(Bytes.utf8("/conf"), 2L));
    assertThat(pending(mirror).reason()).startsWith(describe(Gap.Reason.SCOPE_CHANGED));
    approve(mirror);
    level(mirror);
    assertThat(sink.values()).containsOnlyKeys("/conf/a/x");
  }

  private String describe(Gap.Reason reason) {
    return new Gap(reason, store.index(), 0, source.index()).describe().substring(0, 10);
  }

  @Test
  void invalidFormerPrefixIsRefused() {
    assertThatThrownBy(() -> mirror(b -> b.formerPrefix("")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> mirror(b -> b.formerPrefix("no-path")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no-path");
  }

  @Test
  void deleteLimitAppliesToNamedFormerPrefix() throws Exception {
    levelBesideOthers();
    forge("/other/");
    EtcdMirror mirror = mirror(b -> b.deleteLimit(DeleteLimit.keys(1)).formerPrefix("/other"));
    assertThatThrownBy(mirror::syncOnce)
        .hasCauseInstanceOf(DeleteLimitException.class)
        .isNotInstanceOf(PermanentException.class);
    assertOthersStand();
  }
}

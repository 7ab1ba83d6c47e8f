package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Warnings about a scope that is probably a mistake and about a listener that throws. */
class MirrorWarningsTest extends MirrorFixture {

  private final CapturedLog log = new CapturedLog();

  @AfterEach
  void stopListening() {
    log.close();
  }

  private void use(KeyModel model, MirrorScope scope) {
    source = new FakeSource(model);
    sink = new FakeSink(model);
    this.scope = scope;
  }

  @ParameterizedTest
  @EnumSource
  void prefixWithoutKeysIsWarnedAbout(KeyModel model) throws Exception {
    use(model, MirrorScope.of("/conf/", "/ap/"));
    source.put("/conf/a", "1");
    source.put("/app/a", "1");
    following();
    String prefix = model == KeyModel.PATHS ? "'/ap'" : "'/ap/'";
    assertThat(log.warnings())
        .containsExactly(
            "[link=test] nothing is under " + prefix + " in the source; check the prefix");
  }

  @ParameterizedTest
  @EnumSource
  void prefixThatIsKeyItselfCausesNoWarning(KeyModel model) throws Exception {
    use(model, MirrorScope.of("/conf/a"));
    source.put("/conf/a", "1");
    following();
    assertThat(log.warnings()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void fullyExcludedPrefixCausesNoWarning(KeyModel model) throws Exception {
    use(model, MirrorScope.builder().prefix("/conf/").excludePrefix("/conf/a").build());
    source.put("/conf/a", "1");
    following();
    assertThat(log.warnings()).isEmpty();
  }

  @Test
  void renameWithSlashOnSourceSideOnlyIsWarnedAbout() {
    use(KeyModel.BYTES, MirrorScope.builder().rename("/app/", "/copy").build());
    mirror();
    assertThat(log.warnings())
        .containsExactly(
            "[link=test] rename '/app/' to '/copy' has a slash on one side only: key '/app/x'"
                + " becomes '/copyx'; end both prefixes with a slash, or neither");
  }

  @Test
  void renameWithSlashOnTargetSideOnlyIsWarnedAbout() {
    use(KeyModel.BYTES, MirrorScope.builder().rename("/app", "/copy/").build());
    mirror();
    assertThat(log.warnings()).singleElement().asString().contains("'/app/x' becomes '/copy//x'");
  }

  @Test
  void pathRenamesAndMatchingSlashesCauseNoWarning() {
    use(KeyModel.PATHS, MirrorScope.builder().rename("/app/", "/copy").build());
    mirror();
    use(KeyModel.BYTES, MirrorScope.builder().rename("/app/", "/copy/").build());
    mirror();
    assertThat(log.warnings()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void warningNamesFormerScopeOfLink(KeyModel model) throws Exception {
    use(model, MirrorScope.of("/app/"));
    source.put("/app/a", "1");
    source.put("/conf/a", "1");
    EtcdMirror former = following();
    eventually(() -> store.index() == source.index());
    former.close();
    assertThat(log.warnings()).isEmpty();

    scope = MirrorScope.of("/conf/");
    mirror().plan();
    String app = model == KeyModel.PATHS ? "'/app'" : "'/app/'";
    assertThat(log.warnings())
        .anySatisfy(line ->
            assertThat(line).startsWith("[link=test] link 'test' mirrored " + app + " before"));
    log.clear();
    started();
    eventually(() -> log.warnings().stream().anyMatch(line -> line.contains(app + " before")));
  }

  @Test
  void warningNamesThrowingListenerAndLink() throws Exception {
    class Thrower implements MirrorListener {
      @Override
      public void onBatch(EventBatch batch) {
        throw new IllegalStateException("a mistake");
      }
    }
    EtcdMirror mirror = following(builder -> builder.listener(new Thrower()));
    source.put("/conf/a", "1");
    level(mirror);
    eventually(() ->
        log.warnings().stream()
            .anyMatch(line ->
                line.startsWith("[link=test] listener threw, the mirror goes on")
                    && line.contains("Thrower")));
  }

  @Test
  void emptyPrefixIsShownAsEverything() {
    assertThat(MirrorScope.of("")).hasToString("(everything)");
    assertThat(MirrorScope.builder().rename("", "/copy/").build())
        .hasToString("(everything)=/copy/");
  }
}

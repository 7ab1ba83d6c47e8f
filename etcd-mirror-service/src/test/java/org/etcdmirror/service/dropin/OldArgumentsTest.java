package org.etcdmirror.service.dropin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.RecoveryPolicy.Decision;
import org.etcdmirror.service.config.Given;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.config.UsageException;
import org.etcdmirror.service.run.Link;
import org.etcdmirror.service.run.LinkFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the arguments of the old program mean to a link. */
class OldArgumentsTest {

  private static final Gap LOST = new Gap(Gap.Reason.HISTORY_CLEARED, 1, 5, 9);

  private String from = "/";
  private String to = "/replica";
  private boolean strip;
  private @Nullable String ignored;
  private String port = "8000";
  private boolean strict;
  private boolean reload;
  private @Nullable String ttl;

  private Settings settings() {
    return settings(Map.of());
  }

  private Settings settings(Map<String, String> environment) {
    return new OldArguments(
            OldAddress.parse("SRC", "http://me:secret@a:1"),
            OldAddress.parse("DST", "http://c:2"),
            from,
            to,
            strip,
            ignored,
            port,
            strict,
            reload,
            ttl)
        .settings(environment);
  }

  /** What the old program writes for a key of the source, and where it keeps its index. */
  @ParameterizedTest
  @CsvSource({
    "/, /replica, false, '/=/replica', /replica",
    "/, /replica, true, '/=/replica', /replica",
    "/conftool, /replica, false, '/conftool=/replica/conftool', /replica",
    "/conftool, /replica, true, '/conftool=/replica', /replica",
    "/conftool/, /conftool/, true, '/conftool=/conftool', /conftool",
    "/a/b, /, false, '/a/b=/a/b', /",
    "/a/b, /, true, '/a/b=/', /",
    "/, /, true, '/=/', /",
    "//, //, false, '/=/', /",
  })
  void prefixesBecomeAPrefixAndALink(
      String source, String target, boolean strips, String prefix, String link) {
    from = source;
    to = target;
    strip = strips;

    Settings settings = settings();

    assertThat(settings.prefixes()).extracting(Given::text).containsExactly(prefix);
    try (Link made = LinkFactory.create(settings)) {
      assertThat(made.name()).isEqualTo(link);
    }
  }

  @Test
  void addressesAndPortAreTranslated() {
    port = "9100";

    Settings settings = settings();

    assertThat(settings.source().text()).isEqualTo("v2:http://a:1");
    assertThat(settings.sink().text()).isEqualTo("v2:http://c:2");
    assertThat(settings.sourceAccess().user()).isEqualTo("me");
    assertThat(settings.sinkAccess().user()).isNull();
    assertThat(settings.http()).hasToString("/0.0.0.0:9100");
  }

  @Test
  void ignoredKeysAreAnExclude() {
    ignored = "/locks(/.*)?";

    assertThat(settings().excludes())
        .singleElement()
        .satisfies(exclude -> assertThat(exclude.matcher("/locks/a").matches()).isTrue());
  }

  @Test
  void lostHistoryIsResynced() {
    assertThat(settings().policies().recovery().decide(LOST)).isEqualTo(Decision.RESYNC);
  }

  @Test
  void firstCopyNeedsAnEmptyTarget() {
    assertThat(settings().policies().requiresEmpty()).isTrue();
  }

  @Test
  void strictFailsWhereHistoryIsLost() {
    strict = true;

    assertThat(settings().policies().recovery().decide(LOST)).isEqualTo(Decision.FAIL);
  }

  @Test
  void reloadNeedsNoIndexAlsoWhereItIsStrict() {
    reload = true;
    assertThat(settings().policies().requiresEmpty()).isFalse();
    strict = true;

    assertThat(settings().policies().requiresEmpty()).isFalse();
  }

  @Test
  void timesToLiveAreFollowedUnlessTheyAreToBeCopied() {
    assertThat(settings().policies().expiry()).isEqualTo(ExpiryPolicy.FOLLOW_SOURCE);
    ttl = "follow";
    assertThat(settings().policies().expiry()).isEqualTo(ExpiryPolicy.FOLLOW_SOURCE);
    ttl = "copy";
    assertThat(settings().policies().expiry()).isEqualTo(ExpiryPolicy.COPY);
  }

  @Test
  void environmentAddsWhatTheOldProgramDoesNotKnow() {
    Settings settings =
        settings(
            Map.of(
                "ETCD_MIRROR_MAX_WRITES_PER_SECOND", "50",
                "ETCD_MIRROR_HTTP_HOST", "mirror.example",
                "ETCD_MIRROR_SOURCE", "v2:http://other:1"));

    assertThat(settings.policies().maxWritesPerSecond()).isEqualTo(50);
    assertThat(settings.httpHosts()).isEqualTo(List.of("mirror.example"));
    assertThat(settings.source().text()).isEqualTo("v2:http://a:1");
  }

  /** The unit of the old program sets them to build its command. */
  @ParameterizedTest
  @ValueSource(strings = {"SRC_PREFIX", "DST_PREFIX", "SRC_URL", "DST_URL"})
  void variablesOfTheOldUnitAreIgnored(String name) {
    assertThat(settings(Map.of("ETCD_MIRROR_" + name, "x")).prefixes()).hasSize(1);
  }

  @Test
  void otherUnknownVariableIsRefused() {
    assertThatThrownBy(() -> settings(Map.of("ETCD_MIRROR_MAX_DELETE", "1")))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("ETCD_MIRROR_MAX_DELETE");
  }

  @ParameterizedTest
  @CsvSource({
    "conftool, /replica, --src-prefix: 'conftool' must begin with a slash",
    "/a=b, /replica, --src-prefix: '/a=b' must begin with a slash and have no '='",
    "/conftool, replica, --dst-prefix: 'replica' must begin with a slash",
    "/a//b, /replica, --src-prefix and --dst-prefix: in '/a//b=/replica/a//b' the prefix has an empty",
  })
  void wrongPrefixIsNamed(String source, String target, String why) {
    from = source;
    to = target;

    assertThatThrownBy(() -> LinkFactory.create(settings()).close())
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(why);
  }

  @Test
  void wrongValueIsNamedByTheOptionOfTheOldProgram() {
    ignored = "(?P<name>x)";
    assertThatThrownBy(this::settings).hasMessageStartingWith("--src-ignore-keys-regex: ");
    ignored = null;
    port = "70000";
    assertThatThrownBy(this::settings).hasMessageStartingWith("--port: ");
    port = "8000";
    ttl = "keep";
    assertThatThrownBy(this::settings).hasMessage("--ttl: 'keep' is not one of follow, copy");
  }
}

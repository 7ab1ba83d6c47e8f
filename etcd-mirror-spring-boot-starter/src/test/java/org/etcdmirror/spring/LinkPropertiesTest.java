package org.etcdmirror.spring;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.etcdmirror.core.CatchUp;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.UnsupportedEntries;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.diagnostics.FailureAnalysis;

class LinkPropertiesTest {

  private static final String LINK = "etcd-mirror.links.orders.";

  @Test
  void allPropertiesOfALinkAreBound() {
    LinkRunner.orders(
            LINK + "prefix=/a/=/b/,/c/",
            LINK + "exclude=/a/secret/.*",
            LINK + "exclude-prefix=/a/tmp/",
            LINK + "link=shop",
            LINK + "recovery=fail",
            LINK + "max-deletes=25%",
            LINK + "max-writes-per-second=50",
            LINK + "require-empty=true",
            LINK + "former-prefix=/old/",
            LINK + "compare-at-start=true",
            LINK + "ttl=copy",
            LINK + "unsupported-entries=skip",
            LINK + "catch-up.mode=hold",
            LINK + "catch-up.events=7",
            LINK + "catch-up.age=3m",
            LINK + "catch-up.watches=2",
            LINK + "verify.every=1h",
            LINK + "verify.repair=true",
            LINK + "verify.rate=100",
            LINK + "standby.enabled=true",
            LINK + "standby.member=one",
            LINK + "standby.term=9s",
            LINK + "buffer.events=11",
            LINK + "buffer.size=1MB",
            LINK + "source.user=reader",
            LINK + "source.password=secret",
            LINK + "checkpoint-key=/index",
            LINK + "fail-fast=true")
        .run(context -> {
          LinkProperties bound =
              requireNonNull(context.getBean(EtcdMirrorProperties.class).links().get("orders"));
          assertThat(bound.prefix()).containsExactly("/a/=/b/", "/c/");
          assertThat(bound.exclude()).hasToString("[/a/secret/.*]");
          assertThat(bound.excludePrefix()).containsExactly("/a/tmp/");
          assertThat(bound.link()).isEqualTo("shop");
          assertThat(bound.recovery()).isEqualTo(LinkProperties.Recovery.FAIL);
          assertThat(bound.maxDeletes()).isEqualTo("25%");
          assertThat(bound.maxWritesPerSecond()).isEqualTo(50);
          assertThat(bound.requireEmpty()).isTrue();
          assertThat(bound.formerPrefix()).containsExactly("/old/");
          assertThat(bound.compareAtStart()).isTrue();
          assertThat(bound.ttl()).isEqualTo(ExpiryPolicy.COPY);
          assertThat(bound.unsupportedEntries()).isEqualTo(UnsupportedEntries.SKIP);
          assertThat(bound.catchUp().mode()).isEqualTo(CatchUp.Mode.HOLD);
          assertThat(bound.catchUp().events()).isEqualTo(7);
          assertThat(bound.catchUp().age()).isEqualTo(Duration.ofMinutes(3));
          assertThat(bound.catchUp().watches()).isEqualTo(2);
          assertThat(bound.verify().every()).isEqualTo(Duration.ofHours(1));
          assertThat(bound.verify().repair()).isTrue();
          assertThat(bound.verify().rate()).isEqualTo(100);
          assertThat(bound.standby().enabled()).isTrue();
          assertThat(bound.standby().member()).isEqualTo("one");
          assertThat(bound.standby().term()).isEqualTo(Duration.ofSeconds(9));
          assertThat(bound.buffer().events()).isEqualTo(11);
          assertThat(bound.buffer().size().toMegabytes()).isEqualTo(1);
          assertThat(bound.source().user()).isEqualTo("reader");
          assertThat(bound.source().password()).isEqualTo("secret");
          assertThat(bound.checkpointKey()).isEqualTo("/index");
          assertThat(bound.failFast()).isTrue();
          assertThat(context.getBean(EtcdMirrors.class).mirror("orders").link()).isEqualTo("shop");
        });
  }

  @Test
  void aPasswordIsNotInTheText() {
    LinkRunner.orders(LINK + "source.user=reader", LINK + "source.password=secret")
        .run(context ->
            assertThat(context.getBean(EtcdMirrorProperties.class).toString())
                .contains("reader")
                .doesNotContain("secret"));
  }

  @Test
  void aLinkIsNamedAfterItsProperties() {
    LinkRunner.orders()
        .run(context ->
            assertThat(context.getBean(EtcdMirrors.class).mirror("orders").link())
                .isEqualTo("orders"));
  }

  @Test
  void aLinkThatIsNotEnabledIsNotBuilt() {
    LinkRunner.orders(LINK + "enabled=false", LINK + "prefix=")
        .run(context -> assertThat(context.getBean(EtcdMirrors.class).links()).isEmpty());
  }

  @Test
  void aPropertyThatDoesNotExistIsRefused() {
    LinkRunner.orders(LINK + "max-delete=5")
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasRootCauseInstanceOf(UnboundConfigurationPropertiesException.class)
                .rootCause()
                .hasMessageContaining("max-delete"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "source.address=          | source.address | is missing | @ForLink(\"orders\")",
        "sink.address=            | sink.address | is missing | @ForLink(\"orders\")",
        "prefix=                  | prefix | is missing | such as /app/",
        "prefix=/a/=/b/=/c/       | prefix | more than one '=' | PREFIX=TARGET",
        "source.address=v9:http://a | source.address | no scheme 'v9' | v2, v3",
        "source.address=localhost | source.address | has no scheme | v3:http://a:2379",
        "source.address=v3+srv:not/a/domain | source.address | not/a/domain | DOMAIN",
        "source.address=v3:nowhere | source.address | v3:nowhere | correct",
        "sink.address=v3:http://127.0.0.1:1 | sink.address | cluster of the source | rename",
        "exclude=[                | exclude | not a regular expression | correct it",
        "link=                    | link | is blank | correct",
        "exclude-prefix[0]=       | exclude-prefix | is empty | name a prefix",
        "max-deletes=many         | max-deletes | neither a number | 500 or 25%",
        "max-writes-per-second=0  | max-writes-per-second | must be positive | correct",
        "recovery-up-to=-1        | recovery-up-to | must not be negative | correct",
        "catch-up.events=5        | catch-up.events | catch-up.mode=hold | remove",
        "catch-up.age=5m          | catch-up.age | catch-up.mode=hold | remove",
        "verify.rate=5            | verify.rate | verify.every | remove",
        "verify.repair=true       | verify.repair | verify.every | remove",
        "verify.every=0s          | verify | must be positive | correct",
        "standby.member=a         | standby.member | standby.enabled | remove",
        "buffer.events=0          | buffer | must be positive | correct",
        "source.password=x        | source.user | password is set | both or none",
        "source.user=x            | source.password | is missing | password-file",
        "source.ssl.cert=/tmp/x   | source.ssl.key | ssl.cert is set | both or none",
        "sink.ssl.ca-cert=/no/file | sink.ssl.ca-cert | '/no/file' | path",
        "source.ssl.ca-cert=/no/file | source.ssl.ca-cert | '/no/file' | path",
        "source.ssl.bundle=etcd | source.ssl.bundle | no such SSL bundle | spring.ssl.bundle.pem.etcd",
        "source.password-file=/no/file,source.user=x | source.password-file | '/no/file' | path",
      })
  void aMistakeNamesThePropertyAndWhatToDo(
      String given, String property, String problem, String action) {
    String[] properties = given.split(",source", 2);
    LinkRunner.orders(LINK + properties[0])
        .withPropertyValues(properties.length == 1 ? "other=" : LINK + "source" + properties[1])
        .run(context -> {
          assertThat(context).hasFailed();
          Throwable failure = requireNonNull(context.getStartupFailure());
          FailureAnalysis analysis =
              requireNonNull(new LinkPropertyFailureAnalyzer().analyze(failure));
          assertThat(analysis.getDescription()).contains(LINK + property + " ", problem);
          assertThat(analysis.getDescription() + analysis.getAction()).contains(action);
        });
  }

  @Test
  void aKeyForTheIndexIsNamedWhereTheSinkHasItsOwnPlace() {
    LinkRunner.orders(LINK + "sink.address=v2:http://127.0.0.1:2", LINK + "checkpoint-key=/index")
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasStackTraceContaining(LINK + "checkpoint-key is '/index'"));
  }

  @Test
  void aCertificateThatIsNoneIsNamed(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("ca.pem"), "no certificate");
    LinkRunner.orders(
            LINK + "source.address=v3:https://127.0.0.1:1", LINK + "source.ssl.ca-cert=" + file)
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasStackTraceContaining(LINK + "source.ssl cannot be used")
                .hasStackTraceContaining(file.toString()));
  }
}

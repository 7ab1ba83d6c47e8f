package org.etcdmirror.service.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.CatchUp;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.RecoveryPolicy.Decision;
import org.etcdmirror.core.Verification;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {

  private final Path directory;

  ConfigFileTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void everyOptionCanBeSetInTheFile() throws IOException {
    Path index = directory.resolve("index");
    Settings settings =
        settings(
            """
            source: v2:http://a:1
            sink: v2:http://b:1
            prefix: [/conftool, /spicerack=/copy]
            exclude: /spicerack/locks(/.*)?
            recovery: resync:994
            catch-up: hold
            catch-up-events: 500
            catch-up-age: 90s
            verify-every: 1h
            verify-action: repair
            verify-rate: '5000'
            max-deletes: 25%%
            max-writes-per-second: 500
            ttl: copy
            index-store: file:%s
            link: eqiad
            http: 127.0.0.1:0
            http-host: [mirror.example.org, mirror]
            require-empty: true
            """
                .formatted(index));

    assertThat(settings.source().text()).isEqualTo("v2:http://a:1");
    assertThat(settings.sink().text()).isEqualTo("v2:http://b:1");
    assertThat(settings.prefixes())
        .extracting(Given::text)
        .containsExactly("/conftool", "/spicerack=/copy");
    assertThat(settings.excludes())
        .extracting(Pattern::pattern)
        .containsExactly("/spicerack/locks(/.*)?");
    assertThat(settings.policies().deleteLimit()).isEqualTo(DeleteLimit.percent(25));
    assertThat(settings.policies().maxWritesPerSecond()).isEqualTo(500);
    assertThat(settings.policies().expiry()).isEqualTo(ExpiryPolicy.COPY);
    assertThat(settings.policies().catchUp()).isEqualTo(CatchUp.hold(500, Duration.ofSeconds(90)));
    assertThat(settings.policies().verification())
        .isEqualTo(Verification.every(Duration.ofHours(1)).repair().rate(5000));
    assertThat(decision(settings, 994)).isEqualTo(Decision.RESYNC);
    assertThat(decision(settings, 995)).isEqualTo(Decision.FAIL);
    assertThat(settings.indexFile()).isEqualTo(index);
    assertThat(settings.link()).extracting(Given::text).isEqualTo("eqiad");
    assertThat(settings.http()).hasToString("/127.0.0.1:0");
    assertThat(settings.httpHosts()).containsExactly("mirror.example.org", "mirror");
    assertThat(settings.policies().requiresEmpty()).isTrue();
  }

  @Test
  void catchUpEventsAndAgeHaveDefaults() throws IOException {
    Settings settings =
        settings("catch-up: hold", "--source", "v2:x", "--sink", "v2:y", "--prefix", "/a");

    assertThat(settings.policies().catchUp()).isEqualTo(CatchUp.hold(1000, Duration.ofMinutes(10)));
  }

  @Test
  void maxDeletesCanBeAYamlNumber() throws IOException {
    Settings settings =
        settings("max-deletes: 500", "--source", "v2:x", "--sink", "v2:y", "--prefix", "/a");

    assertThat(settings.policies().deleteLimit()).isEqualTo(DeleteLimit.keys(500));
  }

  @Test
  void commandLineWinsOverTheFile() throws IOException {
    Settings settings =
        settings(
            "{source: 'v2:file', sink: 'v2:file', prefix: /file, ttl: copy, http: none}",
            "--source",
            "v2:line",
            "--prefix",
            "/one",
            "--prefix",
            "/two",
            "--ttl",
            "follow");

    assertThat(settings.source().text()).isEqualTo("v2:line");
    assertThat(settings.sink().text()).isEqualTo("v2:file");
    assertThat(settings.prefixes()).extracting(Given::text).containsExactly("/one", "/two");
    assertThat(settings.policies().expiry()).isEqualTo(ExpiryPolicy.FOLLOW_SOURCE);
    assertThat(settings.http()).isNull();
  }

  @Test
  void emptyFileChangesNothing() throws IOException {
    Settings settings =
        settings("# nothing yet\n", "--source", "v2:x", "--sink", "v2:y", "--prefix", "/a");

    assertThat(settings.http()).hasToString("/127.0.0.1:8000");
    assertThat(settings.policies().deleteLimit()).isNull();
    assertThat(settings.policies().requiresEmpty()).isFalse();
    assertThat(settings.policies().catchUp()).isEqualTo(CatchUp.replay());
    assertThat(settings.policies().verification()).isNull();
    assertThat(settings.indexFile()).isNull();
    assertThat(settings.link()).isNull();
    assertThat(settings.excludes()).isEqualTo(List.of());
  }

  @Test
  void httpAddressCanBeIpv6() throws IOException {
    Settings settings =
        settings("http: '[::1]:8001'", "--source", "v2:x", "--sink", "v2:y", "--prefix", "/a");

    assertThat(settings.http()).hasToString("/[0:0:0:0:0:0:0:1]:8001");
  }

  private static Decision decision(Settings settings, long events) {
    Gap gap = new Gap(Gap.Reason.HISTORY_CLEARED, 1, 2, 1 + events);
    return settings.policies().recovery().decide(gap);
  }

  private Settings settings(String content, String... args) throws IOException {
    Path file = Files.writeString(directory.resolve("mirror.yaml"), content);
    Stream<String> all = Stream.concat(Arrays.stream(args), Stream.of("--config", file.toString()));
    return TestSettings.of(all.toArray(String[]::new));
  }
}

package org.etcdmirror.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.etcdmirror.core.DeleteLimit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTest {

  private static final String[] GOOD = {"--source=v2:a", "--sink=v2:b", "--prefix=/a"};

  @Test
  void optionsCanBeSetInTheEnvironment() {
    Settings settings =
        TestSettings.of(
            Map.of(
                "ETCD_MIRROR_SOURCE", "v2:http://a:1",
                "ETCD_MIRROR_SINK", "v2:http://b:1",
                "ETCD_MIRROR_PREFIX", "/conftool,x=/copy",
                "ETCD_MIRROR_MAX_DELETES", "7",
                "ETCD_MIRROR_REQUIRE_EMPTY", "true",
                "PATH", "/bin"));

    assertThat(settings.source().text()).isEqualTo("v2:http://a:1");
    assertThat(settings.prefixes()).extracting(Given::text).containsExactly("/conftool,x=/copy");
    assertThat(settings.policies().deleteLimit()).isEqualTo(DeleteLimit.keys(7));
    assertThat(settings.policies().requiresEmpty()).isTrue();
  }

  @Test
  void commandLineOverridesEnvironmentWhichOverridesFile(@TempDir Path directory)
      throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("mirror.yaml"),
            "{source: 'v2:f', sink: 'v2:f', prefix: /f, link: f}");

    Settings settings =
        TestSettings.of(
            Map.of(
                "ETCD_MIRROR_CONFIG", file.toString(),
                "ETCD_MIRROR_SINK", "v2:env",
                "ETCD_MIRROR_PREFIX", "/env"),
            "--prefix=/line");

    assertThat(settings.source().text()).isEqualTo("v2:f");
    assertThat(settings.link()).extracting(Given::text).isEqualTo("f");
    assertThat(settings.sink().text()).isEqualTo("v2:env");
    assertThat(settings.prefixes()).extracting(Given::text).containsExactly("/line");
  }

  @Test
  void flagThatIsFalseOverridesTheFile(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("mirror.yaml"), "require-empty: true");

    Settings settings =
        TestSettings.of(
            Map.of("ETCD_MIRROR_CONFIG", file.toString(), "ETCD_MIRROR_REQUIRE_EMPTY", "false"),
            GOOD);

    assertThat(settings.policies().requiresEmpty()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ETCD_MIRROR_RECOVERY      | maybe | ETCD_MIRROR_RECOVERY: 'maybe' is not one of
          ETCD_MIRROR_REQUIRE_EMPTY | yes   | ETCD_MIRROR_REQUIRE_EMPTY: it must be true or false
          ETCD_MIRROR_SOUCE         | v2:a  | unknown environment variable ETCD_MIRROR_SOUCE; known are
          ETCD_MIRROR_PASSWORD      | x     | unknown environment variable ETCD_MIRROR_PASSWORD; known
          """)
  void wrongVariableIsNamed(String name, String value, String why) {
    assertThatThrownBy(() -> TestSettings.of(Map.of(name, value), GOOD))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ETCD_MIRROR_SERVICE_HOST",
        "ETCD_MIRROR_SERVICE_PORT_PAGES",
        "ETCD_MIRROR_PORT",
        "ETCD_MIRROR_PORT_8000_TCP_ADDR"
      })
  void variablesSetByKubernetesAreIgnored(String name) {
    assertThat(TestSettings.of(Map.of(name, "10.0.0.1"), GOOD).link()).isNull();
  }
}

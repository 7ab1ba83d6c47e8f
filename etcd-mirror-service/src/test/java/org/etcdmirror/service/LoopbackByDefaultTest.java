package org.etcdmirror.service;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.config.TestSettings;
import org.junit.jupiter.api.Test;

/** Nothing listens beyond this machine unless a person says so. */
class LoopbackByDefaultTest {

  private static void assertLoopback(Settings settings) {
    assertThat(requireNonNull(settings.http()).getAddress().isLoopbackAddress()).isTrue();
  }

  @Test
  void pagesAreServedToThisMachineByDefault() {
    assertLoopback(
        TestSettings.of("--source=v2:http://a:1", "--sink=v2:http://c:1", "--prefix=/conftool"));
  }

  @Test
  void packagedConfigurationServesThePagesToThisMachine() {
    Path example = Path.of("..", "packaging", "src", "main", "config", "example.yaml");

    assertLoopback(TestSettings.of("--config", example.toString()));
  }
}

package org.etcdmirror.service.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.etcdmirror.service.config.TestSettings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkTest {

  @ParameterizedTest
  @CsvSource({"'',/,(everything)", "/app/,/app/,/app/", "/app/=/copy/,/copy/,/app/=/copy/"})
  void linkIsNamedAfterItsTargetPrefix(String prefix, String name, String label) {
    try (Link link =
        LinkFactory.create(
            TestSettings.of(
                "--source=v3:http://a:1", "--sink=v3:http://b:1", "--prefix=" + prefix))) {
      assertThat(link.name()).isEqualTo(name);
      assertThat(link.label()).isEqualTo(label);
    }
  }
}

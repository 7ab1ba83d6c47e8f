package org.etcdmirror.v3.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerVersionTest {

  @ParameterizedTest
  @ValueSource(strings = {"3.4.31", "3.4.45", "3.5.13", "3.6.0", "3.7.1", "4.0.0"})
  void versionsThatAnswerProgressRequestsInOrderAreTrusted(String version) {
    assertThat(ServerVersion.parse(version).answersProgressRequests()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "3.3.27", "3.4.23", "3.4.30", "3.5.12", "3.6.0-rc.1", "not decided"})
  void olderOrUnknownVersionsAreNotTrustedWithProgressRequests(String version) {
    assertThat(ServerVersion.parse(version).answersProgressRequests()).isFalse();
  }
}

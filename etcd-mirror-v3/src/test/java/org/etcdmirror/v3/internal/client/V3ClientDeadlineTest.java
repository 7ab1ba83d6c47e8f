package org.etcdmirror.v3.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.internal.Refusals;
import org.etcdmirror.api.tls.Access;
import org.junit.jupiter.api.Test;

class V3ClientDeadlineTest {

  @Test
  void clientWithDeadlineOfItsOwnKeepsToItWhateverItIs() {
    for (Duration own : List.of(Duration.ofSeconds(1), V3Client.DEADLINE)) {
      try (V3Client client =
          V3Client.connect(
              new ChannelPool(),
              List.of("http://a:2379"),
              Access.ANONYMOUS,
              Refusals.PATIENCE,
              own)) {
        assertThat(client.limit(Duration.ofMinutes(10))).isEqualTo(own);
      }
    }
  }

  @Test
  void clientWithoutDeadlineGivesARequestTheTimeThatItNeeds() {
    try (V3Client client = V3Client.connect(List.of("http://a:2379"), Access.ANONYMOUS)) {
      assertThat(client.limit(Duration.ofMinutes(10))).isEqualTo(Duration.ofMinutes(10));
    }
  }
}

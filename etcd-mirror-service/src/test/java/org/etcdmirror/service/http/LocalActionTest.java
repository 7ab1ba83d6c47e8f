package org.etcdmirror.service.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Actions that other machines may not ask for. */
class LocalActionTest {

  private final LocalAction action =
      new LocalAction(parameters -> StatusReply.text(200, parameters.getOrDefault("plan", "none")));

  @ParameterizedTest
  @CsvSource({"127.0.0.1, true", "::1, true", "10.1.2.3, false", "fe80::1, false"})
  void onlyTheMachineItselfMayAskForIt(String client, boolean open) throws Exception {
    assertThat(action.isOpenTo(InetAddress.getByName(client))).isEqualTo(open);
  }

  @Test
  void actionIsDone() {
    assertThat(action.act(Map.of("plan", "x")).body()).isEqualTo("x\n");
  }
}

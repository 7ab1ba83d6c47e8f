package org.etcdmirror.service.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The host names of a machine that has a domain. */
class HostNamesTest {

  private final AtomicInteger asked = new AtomicInteger();
  private final HostNames names =
      new HostNames(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 8000),
          List.of(),
          "conf2005",
          () -> {
            asked.incrementAndGet();
            return "conf2005.site.example";
          });

  @ParameterizedTest
  @CsvSource({
    "conf2005, true",
    "conf2005:8000, true",
    "conf2005.site.example:8000, true",
    "CONF2005.site.example., true",
    "conf2005.evil.example:8000, false",
    "conf2005.site.example.evil.example, false",
    "conf20055.site.example, false",
  })
  void machineIsKnownWithAndWithoutItsDomain(String host, boolean accepted) {
    assertThat(names.accept(host)).isEqualTo(accepted);
  }

  @Test
  void domainIsAskedForOnceAndOnlyIfARequestMayNameIt() {
    names.accept("conf2005");
    names.accept("evil.example");
    assertThat(asked).hasValue(0);

    names.accept("conf2005.site.example");
    names.accept("conf2005.evil.example");
    assertThat(asked).hasValue(1);
  }

  @Test
  void machineWithoutAnyNameAcceptsNoNameThatBeginsWithADot() {
    HostNames nameless =
        new HostNames(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 8000),
            List.of(),
            "",
            () -> ".evil.example");

    assertThat(nameless.accept(".evil.example")).isFalse();
  }
}

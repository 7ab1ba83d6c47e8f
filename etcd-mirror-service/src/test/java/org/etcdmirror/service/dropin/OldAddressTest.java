package org.etcdmirror.service.dropin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.service.config.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SRC and DST. */
class OldAddressTest {

  private static OldAddress parsed(String text) {
    return OldAddress.parse("SRC", text);
  }

  @ParameterizedTest
  @CsvSource({
    "http://a:2379, v2:http://a:2379",
    "https://a.example:4001, v2:https://a.example:4001",
    "http://a:2379/, v2:http://a:2379",
    "http://a:2379/ignored/path, v2:http://a:2379",
    "http://[::1]:2379, v2:http://[::1]:2379",
  })
  void serverIsReadFromTheUrl(String text, String option) {
    assertThat(parsed(text).option()).isEqualTo(option);
    assertThat(parsed(text).user()).isNull();
  }

  @Test
  void severalServersOfOneClusterAreSeparatedByCommas() {
    OldAddress address = parsed("http://me:secret@a:1,http://b:2");

    assertThat(address.option()).isEqualTo("v2:http://a:1,http://b:2");
    assertThat(address.label()).isEqualTo("http://a:1");
    assertThat(address.user()).isEqualTo("me");
  }

  @Test
  void userOfTheUrlLogsInAndCertificatesStay() throws Exception {
    Access certificates = Access.builder().caCert(Path.of("ca.pem")).build();

    Access access = parsed("https://me:se:c,ret@a:1").access(certificates);

    assertThat(access.user()).isEqualTo("me");
    assertThat(access.readPassword()).isEqualTo("se:c,ret");
    assertThat(access.caCert()).isEqualTo(Path.of("ca.pem"));
  }

  @Test
  void urlWithoutUserLeavesTheAccessAsItIs() {
    assertThat(parsed("http://a:1").access(Access.ANONYMOUS)).isSameAs(Access.ANONYMOUS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:2379", "http://a", "ftp://a:1", "http://:1", "", "http://a:1,b:2"})
  void otherFormIsNamedWithItsValue(String text) {
    assertThatThrownBy(() -> parsed(text))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("SRC: '" + text + "' is not http://HOST:PORT");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://me:secret@a",
        "http://me@secret:1",
        "http://a:1,http://me:secret@b:2",
        "http://a:1/x@secret",
      })
  void wrongAddressWithAPasswordIsNotShown(String text) {
    assertThatThrownBy(() -> parsed(text))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("SRC: the address is not")
        .hasMessageNotContaining("secret");
  }
}

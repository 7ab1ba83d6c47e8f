package org.etcdmirror.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MirrorAddressTest {

  @Test
  void schemeStandsBeforeTheFirstColon() {
    MirrorAddress address = MirrorAddress.parse("v3:http://a:2379,http://b:2379");

    assertThat(address.scheme()).isEqualTo("v3");
    assertThat(address.endpoints()).containsExactly("http://a:2379", "http://b:2379");
    assertThat(address).hasToString("v3:http://a:2379,http://b:2379");
  }

  @ParameterizedTest
  @CsvSource({
    "v3+srv:example.com, v3, srv:example.com",
    "v2+srv://dns:53/example.com/app, v2, srv://dns:53/example.com/app",
  })
  void serversThatDnsNamesAreAnEndpointOfTheirApi(String text, String scheme, String endpoint) {
    MirrorAddress address = MirrorAddress.parse(text);

    assertThat(address.scheme()).isEqualTo(scheme);
    assertThat(address.endpoints()).containsExactly(endpoint);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "localhost", ":http://a", "v3:"})
  void textWithoutSchemeOrAddressIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MirrorAddress.parse(text))
        .withMessageContaining("'" + text + "' is not of the form SCHEME:ADDRESS");
  }
}

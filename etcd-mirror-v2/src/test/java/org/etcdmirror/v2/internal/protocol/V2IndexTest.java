package org.etcdmirror.v2.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class V2IndexTest {

  @ParameterizedTest
  @ValueSource(longs = {0, 1, V2Index.MOST})
  void indexThatAServerCanReachIsRead(long index) throws Exception {
    assertThat(V2Index.of("index", Long.toString(index))).isEqualTo(index);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, V2Index.MOST + 1, Long.MAX_VALUE, Long.MIN_VALUE})
  void indexThatNoServerReachesIsRefused(long index) {
    assertThatThrownBy(() -> V2Index.of("X-Etcd-Index", Long.toString(index)))
        .isInstanceOf(V2ProtocolException.class)
        .hasMessage("X-Etcd-Index is not a possible index: " + index);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "1x", "1.0", "9223372036854775808", "000000000000000000001"})
  void otherTextIsNoNumber(String text) {
    assertThatThrownBy(() -> V2Index.number("ttl", text))
        .isInstanceOf(V2ProtocolException.class)
        .hasMessage("ttl is not a number: '" + text + "'");
  }

  @Test
  void longestNumbersAreRead() throws Exception {
    assertThat(V2Index.number("ttl", Long.toString(Long.MIN_VALUE))).isEqualTo(Long.MIN_VALUE);
    assertThat(V2Index.number("ttl", Long.toString(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
  }
}

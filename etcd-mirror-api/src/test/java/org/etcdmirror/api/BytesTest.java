package org.etcdmirror.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BytesTest {

  @Test
  void endOfPrefixIsTheFirstKeyBehindIt() {
    assertThat(Bytes.utf8("/a/").prefixEnd()).isEqualTo(Bytes.utf8("/a0"));
    assertThat(bytes(1, 0xff, 0xff).prefixEnd()).isEqualTo(bytes(2));
    assertThat(bytes(0x7f).prefixEnd()).isEqualTo(bytes(0x80));
  }

  @Test
  void nothingIsBehindAPrefixOfTheLastKeys() {
    assertThat(Bytes.EMPTY.prefixEnd()).isNull();
    assertThat(bytes(0xff, 0xff).prefixEnd()).isNull();
  }

  private static Bytes bytes(int... values) {
    byte[] content = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      content[i] = (byte) values[i];
    }
    return Bytes.of(content);
  }
}

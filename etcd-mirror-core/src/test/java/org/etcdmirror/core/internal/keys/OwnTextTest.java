package org.etcdmirror.core.internal.keys;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.core.LoopException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnTextTest {

  private final OwnText own = new OwnText("conf", "writer=ab");

  private static Put put(String value) {
    return new Put(Bytes.utf8("/k"), Bytes.utf8(value), 7, null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"writer=ab", "index=1\nwriter=ab", "writer=ab\nwrite=1", "wwriter=ab!"})
  void valueThatHoldsTheTextIsALoop(String value) {
    assertThatThrownBy(() -> own.refuse(put(value)))
        .isInstanceOf(LoopException.class)
        .hasMessageContainingAll(
            "link 'conf' reads its own writes", "key '/k', index 7", "change the prefixes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "w", "writer=a", "riter=ab", "writer=a b", "writer=aa", "xxxxxxxxxxxx"})
  void otherValueIsNone(String value) {
    assertThatCode(() -> own.refuse(put(value))).doesNotThrowAnyException();
  }

  @Test
  void storeWithoutASignatureRefusesNothing() {
    assertThatCode(() -> new OwnText("conf", null).refuse(put("writer=ab")))
        .doesNotThrowAnyException();
    assertThatCode(() -> OwnText.NONE.refuse(put(""))).doesNotThrowAnyException();
  }
}

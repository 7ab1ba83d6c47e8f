package org.etcdmirror.kafka.connect.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.junit.jupiter.api.Test;

class KeyPrefixesTest {

  private static String inEtcd(String key, String... rules) {
    Bytes named = KeyPrefixes.of(List.of(rules)).inEtcd(Bytes.utf8(key));
    return named == null ? "left out" : named.textOrHex();
  }

  @Test
  void keysStayAsTheyAreWithoutRules() {
    assertThat(inEtcd("/a")).isEqualTo("/a");
    assertThat(KeyPrefixes.of(List.of()).targets()).containsExactly(Bytes.EMPTY);
  }

  @Test
  void longestPrefixCountsAndOtherKeysAreLeftOut() {
    String[] rules = {"/app/=/copy/", "/app/locks/=/locks/", "/plain/"};
    assertThat(inEtcd("/app/x", rules)).isEqualTo("/copy/x");
    assertThat(inEtcd("/app/locks/x", rules)).isEqualTo("/locks/x");
    assertThat(inEtcd("/plain/x", rules)).isEqualTo("/plain/x");
    assertThat(inEtcd("/apple", rules)).isEqualTo("left out");
  }

  @Test
  void percentSignStandsForAByte() {
    assertThat(inEtcd("a=b,c", "a%3Db%2C=%FF")).isEqualTo("0xff63");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KeyPrefixes.of(List.of("/a%4")))
        .withMessage(
            "'/a%4' has a percent sign without two hexadecimal digits; write %25 for the sign");
  }

  @Test
  void rulesThatContradictEachOtherAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KeyPrefixes.of(List.of("/a/=/x/", "/a/=/y/")))
        .withMessageContaining("have the same prefix");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KeyPrefixes.of(List.of("/a/=/x/", "/b/=/x/y/")))
        .withMessageContaining("write below the same target");
  }

  @Test
  void keysOfMirrorsAreNoTarget() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KeyPrefixes.of(List.of("/a/=/__replication/")))
        .withMessageContaining("where mirrors keep their indexes");
  }

  @Test
  void fingerprintDoesNotDependOnTheOrderOfRules() {
    assertThat(KeyPrefixes.of(List.of("/a/", "/b/=/c/")).fingerprint())
        .isEqualTo(KeyPrefixes.of(List.of("/b/=/c/", "/a/")).fingerprint())
        .isNotEqualTo(KeyPrefixes.of(List.of("/a/")).fingerprint());
  }
}

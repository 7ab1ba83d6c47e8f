package org.etcdmirror.v3.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyRangeTest {

  private static final ByteString EVERYTHING_BEHIND = bytes(0);

  private static ByteString bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return ByteString.copyFrom(bytes);
  }

  private static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static Bytes prefix(int... values) {
    return Bytes.of(bytes(values).toByteArray());
  }

  @Test
  void rangeOfAPrefixEndsBehindItsLastKey() {
    assertThat(KeyRange.of(Bytes.utf8("/a"))).isEqualTo(new KeyRange(text("/a"), text("/b")));
    assertThat(KeyRange.of(prefix(1, 255))).isEqualTo(new KeyRange(bytes(1, 255), bytes(2)));
    assertThat(KeyRange.of(prefix(127))).isEqualTo(new KeyRange(bytes(127), bytes(128)));
    assertThat(KeyRange.of(prefix(0))).isEqualTo(new KeyRange(bytes(0), bytes(1)));
  }

  @Test
  void rangeOfEverythingHasNoEnd() {
    assertThat(KeyRange.of(Bytes.EMPTY))
        .isEqualTo(new KeyRange(KeyRange.FIRST_KEY, EVERYTHING_BEHIND));
    assertThat(KeyRange.of(prefix(255, 255)))
        .isEqualTo(new KeyRange(bytes(255, 255), EVERYTHING_BEHIND));
  }

  @Test
  void eachPrefixHasARange() {
    List<Bytes> prefixes = List.of(Bytes.utf8("/b"), Bytes.utf8("/a"));
    assertThat(KeyRange.of(prefixes))
        .containsExactly(KeyRange.of(prefixes.get(0)), KeyRange.of(prefixes.get(1)));
  }

  @Test
  void coveringRangeGoesFromTheFirstPrefixThroughTheLast() {
    assertThat(KeyRange.covering(List.of(Bytes.utf8("/b"), Bytes.utf8("/c"), Bytes.utf8("/a"))))
        .isEqualTo(new KeyRange(text("/a"), text("/d")));
    assertThat(KeyRange.covering(List.of(prefix(255), Bytes.utf8("/a"))))
        .isEqualTo(new KeyRange(text("/a"), EVERYTHING_BEHIND));
  }

  @Test
  void singleKeyHasAnEmptyEnd() {
    assertThat(KeyRange.single(text("/a"))).isEqualTo(new KeyRange(text("/a"), ByteString.EMPTY));
  }

  @ParameterizedTest
  @CsvSource({"/a, true", "/a/b, true", "/az, true", "/b, false", "/, false", "/A, false"})
  void rangeContainsWhatBeginsWithThePrefix(String key, boolean contained) {
    assertThat(KeyRange.of(Bytes.utf8("/a")).contains(text(key))).isEqualTo(contained);
  }

  @Test
  void rangeWithoutAnEndContainsAllBehindItsStart() {
    KeyRange last = KeyRange.of(prefix(255));
    assertThat(last.contains(bytes(255, 255, 255))).isTrue();
    assertThat(last.contains(bytes(254))).isFalse();
    assertThat(KeyRange.of(Bytes.EMPTY).contains(bytes(0))).isTrue();
  }

  @Test
  void nextKeyIsTheKeyWithAZeroByte() {
    assertThat(KeyRange.after(text("/a"))).isEqualTo(text("/a").concat(bytes(0)));
    assertThat(Wire.after(Bytes.utf8("/a"))).isEqualTo(Bytes.utf8("/a").plus(prefix(0)));
  }

  @Test
  void bytesStayAsTheyAreOnTheWire() {
    Bytes all = prefix(0, 127, 128, 255);
    assertThat(Wire.wire(all)).isEqualTo(bytes(0, 127, 128, 255));
    assertThat(Wire.bytes(Wire.wire(all))).isEqualTo(all);
  }

  @Test
  void messageNamesAKeyAPrefixOrARange() {
    assertThat(KeyRange.single(text("/a")).describe()).isEqualTo("key '/a'");
    assertThat(KeyRange.of(Bytes.utf8("/a/")).describe()).isEqualTo("prefix '/a/'");
    assertThat(KeyRange.of(Bytes.EMPTY).describe()).isEqualTo("all keys");
    assertThat(new KeyRange(text("/a"), text("/x")).describe())
        .isEqualTo("the range from '/a' to '/x'");
  }

  @Test
  void onlyTheRangeOfAPrefixIsOne() {
    assertThat(KeyRange.of(Bytes.utf8("/a")).isPrefix()).isTrue();
    assertThat(new KeyRange(text("/a"), text("/c")).isPrefix()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "orders, /__replication/orders, /__replication/.leader/orders",
    "/orders, /__replication/orders, /__replication/.leader/orders",
    "/, /__replication/__ROOT__, /__replication/.leader/__ROOT__"
  })
  void keysOfALinkBearItsName(String link, String checkpoint, String leader) {
    assertThat(Wire.checkpointKey(link)).isEqualTo(Bytes.utf8(checkpoint));
    assertThat(Wire.leaderKey(link)).isEqualTo(Bytes.utf8(leader));
  }
}

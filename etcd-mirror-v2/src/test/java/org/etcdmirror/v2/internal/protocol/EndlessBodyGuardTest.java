package org.etcdmirror.v2.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The guard refuses an endless body but accepts a long one. */
class EndlessBodyGuardTest {

  private static final String BEGIN = "{\"action\":\"get\",\"node\":{\"key\":\"/a\",\"dir\":true,";

  private static InputStream text(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  /** An endless stream of the same byte. */
  private static InputStream endless(char one) {
    return new InputStream() {
      @Override
      public int read() {
        return one;
      }

      @Override
      public int read(byte[] into, int offset, int length) {
        Arrays.fill(into, offset, offset + length, (byte) one);
        return length;
      }
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{\"action\":\"get\",\"node\":{\"key\":\"/a\","})
  void endlessWhitespaceIsRefused(String begin) {
    assertThatThrownBy(
            () -> V2Json.flatten(new SequenceInputStream(text(begin), endless(' ')), 0, node -> {}))
        .isInstanceOf(V2ProtocolException.class)
        .hasMessageContaining("no entry in 64 MiB");
    assertThatThrownBy(() -> V2Json.answer(new SequenceInputStream(text(begin), endless(' ')), 0))
        .isInstanceOf(V2ProtocolException.class);
    assertThatThrownBy(() -> V2Json.members(new SequenceInputStream(text(begin), endless(' '))))
        .isInstanceOf(V2ProtocolException.class);
  }

  @Test
  void treeOfManyEntriesIsReadRegardlessOfSize() throws IOException {
    String value = "v".repeat(1 << 20);
    Stream<InputStream> entries =
        IntStream.range(0, 80)
            .mapToObj(i ->
                text(
                    (i == 0 ? BEGIN + "\"nodes\":[" : ",")
                        + "{\"key\":\"/a/%d\",\"value\":\"%s\",".formatted(i, value)
                        + "\"modifiedIndex\":5,\"createdIndex\":5}"));
    InputStream body =
        new SequenceInputStream(
            Collections.enumeration(
                Stream.concat(
                        entries, Stream.of(text("],\"modifiedIndex\":5,\"createdIndex\":5}}")))
                    .toList()));
    int[] count = {0};
    V2Json.flatten(body, 0, node -> count[0]++);
    assertThat(count[0]).isGreaterThanOrEqualTo(80);
  }
}

package org.etcdmirror.v2.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import okio.Buffer;
import org.junit.jupiter.api.Test;

class WatchLinesTest {

  private final Buffer body = new Buffer();
  private final WatchLines lines = new WatchLines(body);

  @Test
  void lineIsPendingUntilItIsPassedOn() throws Exception {
    body.writeUtf8("first\nsecond\n");
    assertThat(lines.next()).isEqualTo("first");
    assertThat(lines.next()).isEqualTo("second");
    lines.passedOn();
    assertThat(lines.inLine()).isFalse();
    assertThat(lines.next()).isNull();
    assertThat(lines.inLine()).isFalse();
  }

  @Test
  void truncatedLineThrowsEofAndStaysPending() {
    body.writeUtf8("{\"action\"");
    assertThatThrownBy(lines::next).isInstanceOf(EOFException.class);
    assertThat(lines.inLine()).isTrue();
  }
}

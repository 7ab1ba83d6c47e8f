package org.etcdmirror.api.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SrvRecordTest {

  private static List<SrvRecord> records(String... texts) {
    return Stream.of(texts).map(SrvRecord::parse).toList();
  }

  private static List<String> targets(List<SrvRecord> records) {
    return records.stream().map(SrvRecord::target).toList();
  }

  @Test
  void targetHasNoDotAtItsEnd() {
    assertThat(SrvRecord.parse("0 5 2379 a.example.org."))
        .isEqualTo(new SrvRecord(0, 5, 2379, "a.example.org"));
  }

  @Test
  void otherTextIsRefused() {
    for (String text :
        List.of(
            "", "0 0 2379", "0 0 2379 .", "a b c d", "0 0 2379 a/b", "0 0 0 a", "0 0 65536 a")) {
      assertThatThrownBy(() -> SrvRecord.parse(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("is no SRV record");
    }
  }

  @Test
  void lowestPriorityComesFirst() {
    List<SrvRecord> all = records("20 9 1 c", "10 9 1 b", "0 9 1 a");
    assertThat(targets(SrvRecord.ordered(all))).containsExactly("a", "b", "c");
  }

  @Test
  void weightIsTheShareAmongEqualPriorities() {
    List<SrvRecord> all = records("0 0 1 never", "0 10 1 small", "0 30 1 large");
    for (int drawn = 0; drawn <= 40; drawn++) {
      int fixed = drawn;
      String target = SrvRecord.ordered(all, bound -> Math.min(fixed, bound - 1)).get(0).target();
      assertThat(target)
          .as("drawn %d", drawn)
          .isEqualTo(drawn == 0 ? "never" : drawn <= 10 ? "small" : "large");
    }
    assertThat(targets(SrvRecord.ordered(all)))
        .containsExactlyInAnyOrder("never", "small", "large");
  }
}

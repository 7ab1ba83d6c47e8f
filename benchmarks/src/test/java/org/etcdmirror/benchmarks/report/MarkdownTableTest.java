package org.etcdmirror.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.etcdmirror.benchmarks.workload.Measure;
import org.junit.jupiter.api.Test;

class MarkdownTableTest {

  @Test
  void showsMediansAndOurAdvantage() {
    Results results = new Results("copy");
    results.add("ours", Map.of(Measure.RATE, 36_300.0, Measure.PEAK, 150.4));
    results.add("peer", Map.of(Measure.RATE, 2_210.0));
    results.addFailure("peer", "exit code 1: too many operations\nand more");
    assertThat(MarkdownTable.of(results))
        .isEqualTo(
            """
            |  | ours | peer |
            | --- | ---: | ---: |
            | rate, 1/s | 36,300 | 2,210 (16.4×) |
            | peak memory, MiB | 150 | - |

            A turn of peer does not count: exit code 1: too many operations
            """);
  }
}

package org.etcdmirror.service.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.Difference;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.VerifyReport;
import org.junit.jupiter.api.Test;

class ReportTextTest {

  private static final VerifyReport REPORT =
      new VerifyReport(
          Instant.EPOCH,
          0,
          Duration.ofSeconds(1),
          20,
          5,
          1,
          1,
          1,
          0,
          4,
          0,
          List.of(
              new Difference(Difference.Kind.MISSING, Bytes.utf8("/a")),
              new Difference(Difference.Kind.DIFFERENT, Bytes.utf8("/b")),
              new Difference(Difference.Kind.EXTRA, Bytes.utf8("/c"))));

  @Test
  void planListsSamplesAndCountsTheRest() {
    List<Bytes> one = List.of(Bytes.utf8("/a"));
    ResyncPlan plan = new ResyncPlan(20, 5, 4, 3, 30, 1, 1, 2, one, one, one, "too many");

    assertThat(ReportText.of(plan).lines())
        .containsExactly(
            plan.describe(),
            "write  /a",
            "and 2 more to write",
            "over   /a",
            "delete /a",
            "entries that the sink cannot hold: 2",
            "run would wait for approval before it deletes anything, and once would write nothing and end with exit code 1");
  }

  @Test
  void valuesFollowTheirKeysWhereTheyAreShown() {
    Bytes key = Bytes.utf8("/a");
    List<Bytes> one = List.of(key);
    Difference shown = new Difference(Difference.Kind.DIFFERENT, key, "new", "old");
    ResyncPlan plan =
        new ResyncPlan(
            20, 5, 4, 1, 30, 1, 0, 0, one, one, List.of(), Map.of(), List.of(shown), false, null);

    assertThat(ReportText.of(plan).lines())
        .containsExactly(
            plan.describe(),
            "write  /a: source 'new', sink 'old'",
            "over   /a: source 'new', sink 'old'");
  }

  @Test
  void verifyReportListsAtMostTheRequestedSamples() {
    assertThat(ReportText.of(REPORT, 2).lines())
        .containsExactly(
            REPORT.describe(),
            "missing   /a",
            "different /b",
            "and 1 more that differ",
            "entries that the sink cannot hold: 4");
    assertThat(ReportText.of(REPORT, 3)).contains("extra     /c").doesNotContain("more");
  }
}

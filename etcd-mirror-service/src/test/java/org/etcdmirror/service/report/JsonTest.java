package org.etcdmirror.service.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.Difference;
import org.etcdmirror.core.GapRecord;
import org.etcdmirror.core.Headroom;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.TaskProgress;
import org.etcdmirror.core.VerifyReport;
import org.junit.jupiter.api.Test;

/** The exact JSON that other programs read: names, order and form. */
class JsonTest {

  private static final MirrorStatus.Counters COUNTERS =
      new MirrorStatus.Counters(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
  private static final ResyncPlan PLAN =
      new ResyncPlan(
          20,
          1,
          3,
          4,
          5,
          6,
          3,
          7,
          List.of(Bytes.utf8("/w")),
          List.of(Bytes.utf8("/o")),
          List.of(Bytes.utf8("/a\"\n\0"), Bytes.of(new byte[] {-1, 0})),
          Map.of(Bytes.utf8("/old/"), 2L),
          List.of(),
          false,
          "too many");
  private static final VerifyReport REPORT =
      new VerifyReport(
          Instant.EPOCH,
          99,
          Duration.ofMillis(1234),
          20,
          5,
          1,
          2,
          1,
          8,
          9,
          10,
          List.of(
              new Difference(Difference.Kind.EXTRA, Bytes.utf8("/x")),
              new Difference(Difference.Kind.MISSING, Bytes.utf8("/y"))));

  @Test
  void valuesAreInTheJsonWhereTheyAreShown() {
    Difference shown = new Difference(Difference.Kind.EXTRA, Bytes.utf8("/x"), null, "old");
    ResyncPlan plan =
        new ResyncPlan(
            20,
            1,
            3,
            4,
            5,
            6,
            3,
            7,
            List.of(),
            List.of(),
            List.of(Bytes.utf8("/x")),
            Map.of(),
            List.of(shown),
            false,
            null);

    assertThat(Json.of(plan))
        .contains("\"differences\":[{\"kind\":\"extra\",\"key\":\"/x\",\"sink\":\"old\"}]");
    assertThat(Json.of(PLAN)).doesNotContain("differences");
  }

  @Test
  void fullStatusIsFormattedAsJson() {
    GapRecord gap =
        new GapRecord(
            new Gap(Gap.Reason.HISTORY_CLEARED, 10, 15, 20),
            RecoveryPolicy.Decision.RESYNC,
            Instant.EPOCH,
            1,
            2,
            Duration.ofMillis(1500));
    MirrorStatus status =
        new MirrorStatus(
            "l",
            MirrorState.BLOCKED,
            1,
            2,
            3,
            4,
            5,
            Duration.ofMillis(1500),
            false,
            COUNTERS,
            "err",
            Instant.EPOCH,
            new PendingApproval("t", "r", Instant.EPOCH, PLAN),
            new Headroom(134, null),
            REPORT,
            List.of(gap),
            new MirrorStatus.Suspects(3, Instant.EPOCH, List.of("http://a:1", "")),
            new TaskProgress(
                TaskProgress.Step.COPY,
                30,
                90,
                20,
                1,
                Duration.ofMillis(3500),
                10.5,
                Duration.ofMillis(5700)),
            null,
            new MirrorStatus.ResyncLoop(Gap.Reason.SINK_DRIFTED, 4, Duration.ofMillis(2500)),
            new MirrorStatus.WriteLimit(50, true, Duration.ofMillis(1500)),
            8,
            List.of(
                new MirrorStatus.Excluded("x", 4, null), new MirrorStatus.Excluded("y", 5, "w")),
            new MirrorStatus.Membership(MirrorStatus.Role.STANDBY, "b", "a", true));

    assertThat(Json.of(status))
        .isEqualTo(
            """
            {"link":"l","state":"BLOCKED","role":"standby","member":"b","leader":"a",\
            "warm":true,"index":1,"storedIndex":2,"applying":3,\
            "sourceIndex":4,"lagEvents":5,"secondsSinceCaughtUp":1.5,"caughtUp":false,"expiringKeys":8,\
            "eventsApplied":1,"eventsFiltered":2,"eventsCoalesced":3,"batches":4,"gaps":5,\
            "resyncs":6,"keysWritten":7,"keysDeleted":8,"retries":9,"streamRepairs":10,\
            "historyOutruns":11,"lossyValues":12,"unsupportedEntries":13,\
            "deletesBlocked":14,"gapEvents":15,"writes":16,"lastError":"err",\
            "lastErrorAt":"1970-01-01T00:00:00Z","pending":{"token":"t","reason":"r",\
            "since":"1970-01-01T00:00:00Z","plan":{"index":20,"sourceEntries":1,\
            "sinkEntries":3,"writes":4,"writeBytes":5,"overwrites":6,"deletes":3,\
            "unsupported":7,"writeSamples":["/w"],"overwriteSamples":["/o"],\
            "deleteSamples":["/a\\"\\n\\u0000","0xff00"],"formerDeletes":{"/old/":2},\
            "sourceEmpty":false,"refusal":"too many"}},"suspects":{"count":3,\
            "since":"1970-01-01T00:00:00Z","endpoints":["http://a:1",""]},\
            "resync":{"step":"COPY","done":30,"expected":90,"written":20,"deleted":1,\
            "seconds":3.5,"perSecond":10.5,"secondsLeft":5.7},"comparison":null,\
            "resyncLoop":{"reason":"SINK_DRIFTED","resyncs":4,\
            "nextInSeconds":2.5},"writeLimit":{"keysPerSecond":50,"waits":true,\
            "waitedSeconds":1.5},"headroom":{"events":134,"seconds":null},\
            "lastVerify":{"equal":false,"at":"1970-01-01T00:00:00Z","seconds":1.234,\
            "index":20,"compared":5,"missing":1,"different":2,"extra":1,"unsettled":8,\
            "unsupported":9,"behind":10,"samples":[{"kind":"extra","key":"/x"},\
            {"kind":"missing","key":"/y"}]},"excluded":[{"exclude":"x","leftOut":4,\
            "warning":null},{"exclude":"y","leftOut":5,"warning":"w"}],\
            "gapRecords":[{"reason":"HISTORY_CLEARED","from":10,"oldest":15,"current":20,\
            "events":10,"lostEvents":4,"decision":"RESYNC","at":"1970-01-01T00:00:00Z",\
            "written":1,"deleted":2,"seconds":1.5}]}\
            """);
  }

  @Test
  void statusWithoutOptionalPartsIsFormattedAsJson() {
    MirrorStatus status =
        new MirrorStatus(
            "l",
            MirrorState.FOLLOWING,
            1,
            2,
            3,
            4,
            5,
            null,
            true,
            COUNTERS,
            null,
            null,
            null,
            null,
            null,
            List.of(),
            null,
            null,
            null,
            null,
            null,
            0,
            List.of(),
            null);

    assertThat(Json.of(status))
        .isEqualTo(
            """
            {"link":"l","state":"FOLLOWING","index":1,"storedIndex":2,"applying":3,\
            "sourceIndex":4,"lagEvents":5,"secondsSinceCaughtUp":null,"caughtUp":true,"expiringKeys":0,\
            "eventsApplied":1,"eventsFiltered":2,"eventsCoalesced":3,"batches":4,"gaps":5,\
            "resyncs":6,"keysWritten":7,"keysDeleted":8,"retries":9,"streamRepairs":10,\
            "historyOutruns":11,"lossyValues":12,"unsupportedEntries":13,\
            "deletesBlocked":14,"gapEvents":15,"writes":16,"lastError":null,"lastErrorAt":null,\
            "pending":null,"suspects":null,"resync":null,"comparison":null,"resyncLoop":null,"writeLimit":null,"headroom":null,"lastVerify":null,\
            "excluded":[],"gapRecords":[]}\
            """);
  }

  @Test
  void planIsFormattedAsJson() {
    assertThat(Json.of(PLAN))
        .isEqualTo(
            """
            {"index":20,"sourceEntries":1,"sinkEntries":3,"writes":4,"writeBytes":5,\
            "overwrites":6,"deletes":3,"unsupported":7,"writeSamples":["/w"],\
            "overwriteSamples":["/o"],"deleteSamples":["/a\\"\\n\\u0000","0xff00"],\
            "formerDeletes":{"/old/":2},"sourceEmpty":false,"refusal":"too many"}\
            """);
  }

  @Test
  void verifyReportListsAtMostTheRequestedSamples() {
    assertThat(Json.of(REPORT, 1))
        .isEqualTo(
            """
            {"equal":false,"at":"1970-01-01T00:00:00Z","seconds":1.234,"index":20,\
            "compared":5,"missing":1,"different":2,"extra":1,"unsettled":8,\
            "unsupported":9,"behind":10,"samples":[{"kind":"extra","key":"/x"}]}\
            """);
    assertThat(Json.of(REPORT, 2)).contains("\"key\":\"/y\"");
  }
}

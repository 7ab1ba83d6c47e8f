package org.etcdmirror.service.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.Difference;
import org.etcdmirror.core.GapRecord;
import org.etcdmirror.core.Headroom;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.VerifyReport;
import org.junit.jupiter.api.Test;

/** Pending approval, headroom, verify report and gap records on the pages. */
class StatusDetailsTest extends StatusServerFixture {

  private static final ResyncPlan PLAN =
      new ResyncPlan(
          20,
          0,
          3,
          0,
          0,
          0,
          3,
          0,
          List.of(),
          List.of(),
          List.of(Bytes.utf8("/a\"\n\0"), Bytes.of(new byte[] {-1, 0})),
          "too many");
  private static final VerifyReport REPORT =
      new VerifyReport(
          Instant.EPOCH,
          0,
          Duration.ofSeconds(1),
          20,
          5,
          0,
          0,
          1,
          0,
          0,
          0,
          List.of(new Difference(Difference.Kind.EXTRA, Bytes.utf8("/x"))));

  @Test
  void statusShowsPendingApprovalHeadroomVerifyReportAndGapRecords() throws Exception {
    now.set(
        with(
            MirrorState.BLOCKED,
            new PendingApproval("t0ken", "it would delete 3", Instant.EPOCH, PLAN),
            new Headroom(134, Duration.ofSeconds(20)),
            REPORT,
            List.of(
                new GapRecord(
                    new Gap(Gap.Reason.HISTORY_CLEARED, 10, 15, 20),
                    RecoveryPolicy.Decision.RESYNC,
                    Instant.EPOCH,
                    1,
                    2,
                    Duration.ofMillis(1500)))));

    JsonNode json = new ObjectMapper().readTree(get("/status").body());

    assertThat(json.at("/pending/token").textValue()).isEqualTo("t0ken");
    assertThat(json.at("/pending/reason").textValue()).isEqualTo("it would delete 3");
    assertThat(json.at("/pending/since").textValue()).isEqualTo("1970-01-01T00:00:00Z");
    assertThat(json.at("/pending/plan/deletes").intValue()).isEqualTo(3);
    assertThat(json.at("/pending/plan/deleteSamples/0").textValue()).isEqualTo("/a\"\n\0");
    assertThat(json.at("/pending/plan/deleteSamples/1").textValue()).isEqualTo("0xff00");
    assertThat(json.at("/headroom").toString()).isEqualTo("{\"events\":134,\"seconds\":20.0}");
    assertThat(json.at("/lastVerify/equal").booleanValue()).isFalse();
    assertThat(json.at("/lastVerify/samples/0").toString())
        .isEqualTo("{\"kind\":\"extra\",\"key\":\"/x\"}");
    assertThat(json.at("/gapRecords/0").toString())
        .isEqualTo(
            "{\"reason\":\"HISTORY_CLEARED\",\"from\":10,\"oldest\":15,\"current\":20,"
                + "\"events\":10,\"lostEvents\":4,\"decision\":\"RESYNC\","
                + "\"at\":\"1970-01-01T00:00:00Z\",\"written\":1,\"deleted\":2,\"seconds\":1.5}");
    assertThat(json.get("gaps").intValue()).as("the counter").isEqualTo(5);
  }

  @Test
  void readyzFailsWithTheReasonWhileBlockedOrPaused() throws Exception {
    PendingApproval pending =
        new PendingApproval("t0ken", "it would\ndelete 3", Instant.EPOCH, PLAN);
    now.set(with(MirrorState.BLOCKED, pending, null, null, List.of()));

    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(get("/readyz").body())
        .startsWith(
            "not caught up, blocked: it would delete 3; approve it with POST /approve?plan=t0ken; sink index");

    now.set(with(MirrorState.PAUSED, null, null, null, List.of()));

    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(get("/readyz").body())
        .startsWith("not caught up, paused: by POST /pause; POST /resume continues; sink index ");
  }
}

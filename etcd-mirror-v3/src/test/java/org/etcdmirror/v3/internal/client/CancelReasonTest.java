package org.etcdmirror.v3.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import org.junit.jupiter.api.Test;

class CancelReasonTest {

  private static V3Problem problem(String reason) {
    return V3Failures.problem(CancelReason.status(reason));
  }

  @Test
  void cancelReasonMapsToErrorOfEquivalentCall() {
    assertThat(problem("rpc error: code = PermissionDenied desc = etcdserver: permission denied"))
        .isEqualTo(V3Problem.PERMISSION_DENIED);
    assertThat(problem("rpc error: code = Unauthenticated desc = etcdserver: invalid auth token"))
        .isEqualTo(V3Problem.STALE_TOKEN);
    assertThat(problem("rpc error: code = InvalidArgument desc = etcdserver: user name is empty"))
        .isEqualTo(V3Problem.STALE_TOKEN);
    assertThat(problem("rpc error: code = Unavailable desc = etcdserver: no leader"))
        .isEqualTo(V3Problem.MEMBER_FAILED);
  }

  @Test
  void cancelReasonCodesAreParsedInGoSpelling() {
    assertThat(CancelReason.status("rpc error: code = Canceled desc = x").getCode())
        .isEqualTo(Status.Code.CANCELLED);
    assertThat(CancelReason.status("rpc error: code = OutOfRange desc = x").getCode())
        .isEqualTo(Status.Code.OUT_OF_RANGE);
  }

  @Test
  void cancelReasonWithoutErrorCodeIsUnknown() {
    Status status = CancelReason.status("mvcc: watcher range is empty");
    assertThat(status.getCode()).isEqualTo(Status.Code.UNKNOWN);
    assertThat(status.getDescription()).contains("watcher range is empty");
  }

  @Test
  void hugeCancelReasonIsTruncated() {
    Status blanks = CancelReason.status("code = Unavailable desc = " + " ".repeat(1_400_000) + "x");

    assertThat(blanks.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(V3Failures.of(blanks, "http://a:1", "Watch", null, () -> "").getMessage())
        .hasSizeLessThan(500);
    assertThat(CancelReason.status("code = " + "a".repeat(1_400_000)).getDescription())
        .hasSizeLessThan(3_000);
  }
}

package org.etcdmirror.v3.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.net.ConnectException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class V3FailuresTest {

  private static V3ErrorException passing(Status.Code code, String text) {
    return (V3ErrorException)
        V3Failures.of(
            code.toStatus().withDescription(text), "http://h:1", "KV/Txn", "me", () -> "");
  }

  @Test
  void compactionAndLeaseErrorsAreLeftToCaller() {
    assertThat(
            passing(
                    Status.Code.OUT_OF_RANGE,
                    "etcdserver: mvcc: required revision has been compacted")
                .compacted())
        .isTrue();
    assertThat(
            passing(Status.Code.NOT_FOUND, "etcdserver: requested lease not found").leaseNotFound())
        .isTrue();
    assertThat(
            passing(Status.Code.FAILED_PRECONDITION, "etcdserver: lease already exists")
                .leaseExists())
        .isTrue();
  }

  @Test
  void noSpaceErrorIsRetryable() {
    V3ErrorException full =
        passing(Status.Code.RESOURCE_EXHAUSTED, "etcdserver: mvcc: database space exceeded");
    assertThat(full.problem()).isEqualTo(V3Problem.NO_SPACE);
    assertThat(full).hasMessageContaining("disarm the NOSPACE alarm");
    assertThat(full.outcomeUnknown()).isFalse();
  }

  @Test
  void outcomeIsUnknownOnlyForWritesThatMayHaveBeenApplied() {
    assertThat(passing(Status.Code.UNKNOWN, "context deadline exceeded").outcomeUnknown()).isTrue();
    assertThat(passing(Status.Code.UNAVAILABLE, "etcdserver: leader changed").outcomeUnknown())
        .isTrue();
    assertThat(passing(Status.Code.UNAVAILABLE, "etcdserver: no leader").outcomeUnknown())
        .isFalse();
    Status refused = Status.UNAVAILABLE.withCause(new ConnectException("refused"));
    assertThat(V3Failures.outcomeUnknown(refused)).isFalse();
  }

  @Test
  void onlyARefusalByEtcdSaysThatNothingWasApplied() {
    assertThat(V3Failures.outcomeUnknown(failed(Status.UNAVAILABLE))).isTrue();
    assertThat(V3Failures.outcomeUnknown(failed(Status.DATA_LOSS))).isTrue();
    assertThat(V3Failures.outcomeUnknown(failed(Status.INVALID_ARGUMENT))).isFalse();
    assertThat(V3Failures.outcomeUnknown(failed(Status.NOT_FOUND))).isFalse();
    assertThat(V3Failures.outcomeUnknown(new CompletionException(failed(Status.NOT_FOUND))))
        .isFalse();
    assertThat(V3Failures.outcomeUnknown(new CompletionException(failed(Status.CANCELLED))))
        .isTrue();
    assertThat(V3Failures.outcomeUnknown(new IllegalStateException("a surprise"))).isTrue();
    Status unreadable =
        Status.RESOURCE_EXHAUSTED.withDescription("gRPC message exceeds maximum size 4: 5");
    assertThat(V3Failures.outcomeUnknown(failed(unreadable))).isTrue();
  }

  private static Exception failed(Status status) {
    return V3Failures.of(status, "http://h:1", "KV/Txn", "me", () -> "");
  }

  @Test
  void dataLossErrorIsPermanent() {
    Exception corrupt = V3Failures.of(Status.DATA_LOSS, "http://h:1", "KV/Txn", null, () -> "");
    assertThat(corrupt).isInstanceOf(V3PermanentException.class);
  }
}

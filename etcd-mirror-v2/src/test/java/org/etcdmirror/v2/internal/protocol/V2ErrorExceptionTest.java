package org.etcdmirror.v2.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.etcdmirror.v2.internal.protocol.V2ErrorException.V2Error;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class V2ErrorExceptionTest {

  private static V2ErrorException error(int code, int status, String cause) {
    return new V2ErrorException(
        new V2Error(code, "the message", cause, 100), status, "/k", "http://a:1", "cafe");
  }

  @Test
  void messageNamesEndpointKeyAndWhatTheServerSaid() {
    V2ErrorException error = error(V2ErrorException.KEY_EXISTS, 412, "/k");
    assertThat(error)
        .hasMessage("http://a:1: /k: the message (errorCode 105, cause '/k', index 100, HTTP 412)");
    assertThat(error.errorCode()).isEqualTo(105);
    assertThat(error.status()).isEqualTo(412);
    assertThat(error.causeText()).isEqualTo("/k");
    assertThat(error.index()).isEqualTo(100);
    assertThat(error.key()).isEqualTo("/k");
    assertThat(error.endpoint()).isEqualTo("http://a:1");
    assertThat(error.clusterId()).isEqualTo("cafe");
  }

  @ParameterizedTest
  @CsvSource({"100, true", "104, true", "101, false", "108, false"})
  void keyThatIsNotThereOrHasAValueAboveItIsAbsent(int code, boolean absent) {
    assertThat(error(code, 404, "/k").isAbsence()).isEqualTo(absent);
  }

  @ParameterizedTest
  @CsvSource({
    "300, 500, raft, true, false",
    "301, 500, During election, true, true",
    "300, 500, Not a file, false, true",
    "102, 403, Not a file, false, true",
    "100, 404, /k, false, true",
    "101, 499, /k, false, true",
    "102, 500, Not a file, true, false"
  })
  void serverFailsWithAStatusFrom500OnUnlessItRefuses(
      int code, int status, String cause, boolean failed, boolean refused) {
    V2ErrorException error = error(code, status, cause);
    assertThat(error.serverFailed()).isEqualTo(failed);
    assertThat(error.isRefusal()).isEqualTo(refused);
  }

  @Test
  void directoryThatCannotChangeIsKnownByCodeAndText() {
    assertThat(error(300, 500, "Not a file (/d)").changesNoDirectory()).isTrue();
    assertThat(error(300, 500, "timed out").changesNoDirectory()).isFalse();
    assertThat(error(102, 403, "Not a file (/d)").changesNoDirectory()).isFalse();
  }

  @Test
  void oldestIndexIsReadIfItIsPossible() {
    assertThat(error(401, 400, "cleared [60/50]").oldestIndex()).hasValue(60);
    assertThat(error(401, 400, "cleared [101/50]").oldestIndex()).hasValue(101);
    assertThat(error(401, 400, "cleared [102/50]").oldestIndex()).isEmpty();
    assertThat(error(401, 400, "cleared").oldestIndex()).isEmpty();
    assertThat(error(401, 400, "x".repeat(100_000) + "[60/50]").oldestIndex()).isEmpty();
  }
}

package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.fault.RawGrpcServer;
import org.etcdmirror.v3.rpc.AuthGrpc;
import org.etcdmirror.v3.rpc.AuthenticateResponse;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class V3LoginTokenTest {

  private static final String LOGIN = AuthGrpc.getAuthenticateMethod().getFullMethodName();

  /** gRPC logs such a token, with all its bytes, and leaves it out of the call. */
  @ParameterizedTest
  @ValueSource(strings = {"", "secret token", "secret\n", "\0secret", "s\u00e9cret"})
  void tokenThatNoHeaderCanCarryIsARefusedAnswer(String token) {
    List<String> called = new CopyOnWriteArrayList<>();
    try (RawGrpcServer server =
            RawGrpcServer.start((method, call) -> {
              called.add(method);
              return answered(call, AuthenticateResponse.newBuilder().setToken(token).build());
            });
        V3Source source =
            V3Source.builder()
                .endpoints(server.url().toString())
                .access(Access.user("reader", () -> "password"))
                .build()) {
      assertThatThrownBy(() -> source.head(Selection.of(Bytes.utf8("/conf/"))))
          .hasMessage(
              "%s: invalid answer to a login: its token is empty or not printable ASCII",
              server.url());
    }
    assertThat(called).containsOnly(LOGIN);
  }

  private static ServerCall.Listener<byte[]> answered(
      ServerCall<byte[], byte[]> call, AuthenticateResponse answer) {
    call.request(1);
    call.sendHeaders(new Metadata());
    call.sendMessage(answer.toByteArray());
    call.close(Status.OK, new Metadata());
    return new ServerCall.Listener<>() {};
  }
}

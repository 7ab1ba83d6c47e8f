package org.etcdmirror.v3.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class V3CallsTest {

  /** Takes requests and never answers. */
  private static final class Mute implements KVGrpc.AsyncService {

    final CountDownLatch asked = new CountDownLatch(1);
    final CountDownLatch cancelled = new CountDownLatch(1);

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> answer) {
      ((ServerCallStreamObserver<RangeResponse>) answer).setOnCancelHandler(cancelled::countDown);
      asked.countDown();
    }
  }

  @Test
  void interruptingACallEndsItOnTheServerToo() throws Exception {
    Mute mute = new Mute();
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(KVGrpc.bindService(mute))
            .build()
            .start();
    try (V3Client client =
        V3Client.connect(List.of("http://127.0.0.1:" + server.getPort()), Access.ANONYMOUS)) {
      FutureTask<Boolean> waiting = new FutureTask<>(() -> callUntilInterrupted(client));
      Thread caller = new Thread(waiting, "caller");
      caller.start();
      assertThat(mute.asked.await(60, TimeUnit.SECONDS)).isTrue();
      caller.interrupt();
      assertThat(waiting.get(60, TimeUnit.SECONDS)).isTrue();
      assertThat(mute.cancelled.await(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      server.shutdownNow();
    }
  }

  /** Each look at such an answer fails. */
  private static final MethodDescriptor.Marshaller<Message> TOO_MUCH =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(Message value) {
          throw new UnsupportedOperationException("only parsed");
        }

        @Override
        public Message parse(InputStream stream) {
          return (Message)
              Proxy.newProxyInstance(
                  Message.class.getClassLoader(),
                  new Class<?>[] {Message.class},
                  (proxy, method, arguments) -> {
                    throw new OutOfMemoryError("of a test");
                  });
        }
      };

  @Test
  void errorWhileAnAnswerIsCheckedReachesTheCaller() throws Exception {
    KVGrpc.AsyncService answering =
        new KVGrpc.AsyncService() {
          @Override
          public void range(RangeRequest request, StreamObserver<RangeResponse> answer) {
            answer.onNext(RangeResponse.getDefaultInstance());
            answer.onCompleted();
          }
        };
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(KVGrpc.bindService(answering))
            .build()
            .start();
    MethodDescriptor<RangeRequest, RangeResponse> range = KVGrpc.getRangeMethod();
    try (V3Client client =
        V3Client.connect(List.of("http://127.0.0.1:" + server.getPort()), Access.ANONYMOUS)) {
      CompletableFuture<Message> answer =
          client.send(
              range.toBuilder(range.getRequestMarshaller(), TOO_MUCH).build(),
              RangeRequest.getDefaultInstance());
      assertThatThrownBy(() -> answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .hasCauseInstanceOf(OutOfMemoryError.class);
    } finally {
      server.shutdownNow();
    }
  }

  /** A slow machine may need more than one deadline to get through to the server. */
  private static boolean callUntilInterrupted(V3Client client) throws Exception {
    while (true) {
      try {
        client.call(KVGrpc.getRangeMethod(), RangeRequest.getDefaultInstance());
        return false;
      } catch (V3ErrorException e) {
        assertThat(e.problem()).isEqualTo(V3Problem.MEMBER_FAILED);
      } catch (InterruptedException e) {
        return true;
      }
    }
  }
}

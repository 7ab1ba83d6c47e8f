package org.etcdmirror.service.attack;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.etcdmirror.v3.rpc.ResponseHeader;
import org.etcdmirror.v3.rpc.WatchCreateRequest;
import org.etcdmirror.v3.rpc.WatchGrpc;
import org.etcdmirror.v3.rpc.WatchRequest;
import org.etcdmirror.v3.rpc.WatchResponse;

/** A v3 source that gives some hostile answers; a real etcd gives the others. */
final class V3Attacks {

  private static final long PAUSE_NANOS = 50_000;

  private V3Attacks() {}

  static List<Attack> all() {
    return List.of(
        watching(
            "watch-cancelled",
            "cancels each watch as soon as it was created",
            (watch, call) -> send(call, watch.answer().setCanceled(true))),
        watching(
            "watch-cancelled-with-blanks",
            "cancels each watch with a reason of 1.4 MB of blanks",
            (watch, call) ->
                send(
                    call,
                    watch.answer().setCanceled(true).setCancelReason(" ".repeat(1_400_000) + "x"))),
        watching("watch-ends", "ends each watch", (watch, call) -> end(call)),
        watching("watch-empty", "floods each watch with empty answers", V3Attacks::flood),
        watching(
            "watch-order",
            "sends events of which the revisions go back",
            (watch, call) ->
                send(call, watch.answer().addEvents(event(watch.now() + 5)).addEvents(event(3)))),
        watching(
            "watch-revision-0",
            "sends events and headers of revision 0",
            (watch, call) ->
                send(
                    call,
                    watch
                        .answer()
                        .setHeader(watch.header().toBuilder().setRevision(0))
                        .addEvents(event(0)))),
        watching(
            "watch-revision-max",
            "sends events and headers of revision 2^63-1",
            (watch, call) ->
                send(
                    call,
                    watch
                        .answer()
                        .setHeader(watch.header().toBuilder().setRevision(Long.MAX_VALUE))
                        .addEvents(event(Long.MAX_VALUE)))),
        pages());
  }

  /** The watch of a client, and the header that a real server would send. */
  private record Watch(long id, ResponseHeader header) {

    WatchResponse.Builder answer() {
      return WatchResponse.newBuilder().setHeader(header).setWatchId(id);
    }

    long now() {
      return header.getRevision();
    }
  }

  @FunctionalInterface
  private interface Watched {
    void with(Watch watch, ServerCall<byte[], byte[]> call);
  }

  private static Event event(long revision) {
    return Event.newBuilder()
        .setKv(
            KeyValue.newBuilder()
                .setKey(ByteString.copyFromUtf8("/conf/bad"))
                .setValue(ByteString.copyFromUtf8("bad"))
                .setCreateRevision(revision)
                .setModRevision(revision)
                .setVersion(1))
        .build();
  }

  private static void send(ServerCall<byte[], byte[]> call, MessageLite.Builder message) {
    call.sendMessage(message.build().toByteArray());
  }

  private static void end(ServerCall<byte[], byte[]> call) {
    call.close(Status.OK, new io.grpc.Metadata());
  }

  private static void flood(Watch watch, ServerCall<byte[], byte[]> call) {
    byte[] empty = watch.answer().build().toByteArray();
    Thread thread =
        new Thread(
            () -> {
              while (!call.isCancelled()) {
                if (call.isReady()) {
                  call.sendMessage(empty);
                } else {
                  LockSupport.parkNanos(PAUSE_NANOS);
                }
              }
            },
            "flood");
    thread.setDaemon(true);
    thread.start();
  }

  private static Attack watching(String name, String what, Watched watched) {
    return Attack.of(
        Kind.V3,
        "source-" + name,
        what,
        stage -> {
          URI etcd = stage.etcd(Side.SOURCE).clientUrl();
          ResponseHeader header = header(etcd);
          return led(
              stage,
              new MeddlingGrpc(
                  etcd,
                  WatchGrpc.getWatchMethod(),
                  (message, call) -> {
                    WatchRequest request = WatchRequest.parseFrom(message);
                    if (request.hasCreateRequest()) {
                      WatchCreateRequest create = request.getCreateRequest();
                      Watch watch = new Watch(create.getWatchId(), header);
                      send(call, watch.answer().setCreated(true));
                      watched.with(watch, call);
                    }
                  }));
        });
  }

  /** Without its checkpoint, the service reads the whole source when it starts. */
  private static Attack pages() {
    return Attack.of(
        Kind.V3,
        "source-pages-stand-still",
        "answers a first copy with pages that do not advance",
        stage -> {
          URI etcd = stage.etcd(Side.SOURCE).clientUrl();
          ResponseHeader header = header(etcd);
          AutoCloseable led =
              led(
                  stage,
                  new MeddlingGrpc(
                      etcd,
                      KVGrpc.getRangeMethod(),
                      (message, call) -> page(RangeRequest.parseFrom(message), header, call)));
          stage.service().close();
          stage.delete(Side.SINK, "/__replication/" + Stage.LINK);
          stage.restart();
          return led;
        });
  }

  private static void page(
      RangeRequest request, ResponseHeader header, ServerCall<byte[], byte[]> call) {
    RangeResponse.Builder page = RangeResponse.newBuilder().setHeader(header);
    if (!request.getRangeEnd().isEmpty()) {
      page.setMore(true).setCount(1_000).addKvs(event(header.getRevision()).getKv());
    }
    send(call, page);
    end(call);
  }

  private static AutoCloseable led(Stage stage, MeddlingGrpc server) {
    AutoCloseable led = stage.lead(Side.SOURCE, server.url());
    return () -> {
      led.close();
      server.close();
    };
  }

  private static ResponseHeader header(URI etcd) throws IOException {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(
                etcd.getHost(), etcd.getPort(), InsecureChannelCredentials.create())
            .build();
    try {
      return KVGrpc.newBlockingStub(channel)
          .range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("x")).build())
          .getHeader();
    } finally {
      channel.shutdownNow();
    }
  }
}

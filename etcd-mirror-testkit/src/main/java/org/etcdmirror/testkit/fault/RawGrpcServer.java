package org.etcdmirror.testkit.fault;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.HandlerRegistry;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A gRPC server on a free port that hands every call, of whatever method, to a test. Messages are
 * bytes. Needs {@code grpc-netty-shaded} on the class path. Safe for use by many threads.
 */
public final class RawGrpcServer implements AutoCloseable {

  /** Takes a call; it must ask for the messages itself, by {@link ServerCall#request}. */
  @FunctionalInterface
  public interface Handler {
    /**
     * A call has begun.
     *
     * @param method the full name of its method
     * @return what is told of its messages
     */
    ServerCall.Listener<byte[]> begun(String method, ServerCall<byte[], byte[]> call);
  }

  /** As often as etcd, it takes pings. */
  private static final int PING_SECONDS = 5;

  /** What a call came with, such as the token of its user. */
  static final Context.Key<Metadata> HEADERS = Context.key("headers");

  private final Server server;

  private RawGrpcServer(Server server) {
    this.server = server;
  }

  /** Starts a server on which clients send any number of messages in each call. */
  public static RawGrpcServer start(Handler handler) {
    return start(method -> MethodType.BIDI_STREAMING, handler);
  }

  /**
   * Starts a server.
   *
   * @param types the type of each method, by its full name
   * @param handler takes every call
   * @throws UncheckedIOException if the server cannot start
   */
  public static RawGrpcServer start(Function<String, MethodType> types, Handler handler) {
    try {
      return new RawGrpcServer(
          NettyServerBuilder.forAddress(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                  InsecureServerCredentials.create())
              .maxInboundMessageSize(Integer.MAX_VALUE)
              .permitKeepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
              .fallbackHandlerRegistry(new AnyMethod(types, handler))
              .build()
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start a gRPC server", e);
    }
  }

  /** The address for clients. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getPort());
  }

  /** Ends the server and every call. */
  @Override
  public void close() {
    server.shutdownNow();
  }

  static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
    return MethodDescriptor.newBuilder(new AsBytes(), new AsBytes())
        .setFullMethodName(name)
        .setType(type)
        .build();
  }

  private static final class AnyMethod extends HandlerRegistry {

    private final Function<String, MethodType> types;
    private final Handler handler;

    AnyMethod(Function<String, MethodType> types, Handler handler) {
      this.types = types;
      this.handler = handler;
    }

    @Override
    public ServerMethodDefinition<?, ?> lookupMethod(String name, @Nullable String authority) {
      return ServerMethodDefinition.create(
          method(name, types.apply(name)),
          (call, headers) ->
              Contexts.interceptCall(
                  Context.current().withValue(HEADERS, headers),
                  call,
                  headers,
                  (begun, same) -> handler.begun(name, begun)));
    }
  }

  private static final class AsBytes implements MethodDescriptor.Marshaller<byte[]> {

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

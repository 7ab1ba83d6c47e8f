package org.etcdmirror.v3;

import io.grpc.netty.shaded.io.netty.bootstrap.Bootstrap;
import io.grpc.netty.shaded.io.netty.bootstrap.ServerBootstrap;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelFuture;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ChannelInitializer;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.group.ChannelGroup;
import io.grpc.netty.shaded.io.netty.channel.group.DefaultChannelGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2HeadersFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.grpc.netty.shaded.io.netty.util.ReferenceCountUtil;
import io.grpc.netty.shaded.io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Answers each HTTP/2 request with an HTML page, until it is told to forward to an etcd. */
public final class PageServer implements AutoCloseable {

  private final EventLoopGroup threads = new NioEventLoopGroup(1);
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Channel server;
  private final int status;
  private volatile @Nullable URI etcd;

  public PageServer(int status) {
    this.status = status;
    server =
        new ServerBootstrap()
            .group(threads)
            .channel(NioServerSocketChannel.class)
            .childHandler(initialized(this::accept))
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
  }

  private interface Setup {
    void of(Channel channel);
  }

  private static ChannelHandler initialized(Setup setup) {
    return new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        setup.of(channel);
      }
    };
  }

  private void accept(Channel connection) {
    connections.add(connection);
    URI to = etcd;
    if (to == null) {
      ChannelHandler pages = initialized(stream -> stream.pipeline().addLast(new Page(status)));
      connection
          .pipeline()
          .addLast(Http2FrameCodecBuilder.forServer().build(), new Http2MultiplexHandler(pages));
      return;
    }
    connection.config().setAutoRead(false);
    ChannelFuture onward =
        new Bootstrap()
            .group(threads)
            .channel(NioSocketChannel.class)
            .handler(new Pipe(connection))
            .connect(to.getHost(), to.getPort());
    connection.pipeline().addLast(new Pipe(onward.channel()));
    onward.addListener(done -> connection.config().setAutoRead(true));
  }

  public String url() {
    return "http://127.0.0.1:" + ((InetSocketAddress) server.localAddress()).getPort();
  }

  /** Forwards connections to an etcd from now on. */
  public void passTo(URI to) {
    etcd = to;
    connections.close().syncUninterruptibly();
  }

  @Override
  public void close() {
    server.close().syncUninterruptibly();
    threads.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private static final class Pipe extends ChannelInboundHandlerAdapter {

    private final Channel to;

    Pipe(Channel to) {
      this.to = to;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
      to.writeAndFlush(bytes);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      to.close();
    }
  }

  private static final class Page extends ChannelInboundHandlerAdapter {

    private final int status;

    Page(int status) {
      this.status = status;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
      if (frame instanceof Http2HeadersFrame) {
        DefaultHttp2Headers headers = new DefaultHttp2Headers();
        headers.status(Integer.toString(status)).set("content-type", "text/html");
        byte[] page = "<html>\n<h1>nginx</h1>\n</html>\n".getBytes(StandardCharsets.UTF_8);
        context.write(new DefaultHttp2HeadersFrame(headers));
        context.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(page), true));
      }
      ReferenceCountUtil.release(frame);
    }
  }
}

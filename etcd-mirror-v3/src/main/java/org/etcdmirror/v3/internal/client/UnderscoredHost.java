package org.etcdmirror.v3.internal.client;

import io.grpc.Attributes;
import io.grpc.ChannelCredentials;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Finds a host whose name has an underscore, which gRPC's own resolver refuses: it reads names as
 * URIs. It is asked anew whenever a connection has failed.
 */
final class UnderscoredHost extends NameResolverProvider {

  private static final String SCHEME = "etcd-mirror-host";

  private final URI endpoint;

  private UnderscoredHost(URI endpoint) {
    this.endpoint = endpoint;
  }

  /** Builds the channel to such an endpoint. */
  @SuppressWarnings("deprecation") // The other way is a registry that all channels share.
  static NettyChannelBuilder channel(URI endpoint, ChannelCredentials credentials) {
    return NettyChannelBuilder.forTarget(SCHEME + ":///", credentials)
        .nameResolverFactory(new UnderscoredHost(endpoint));
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return 5;
  }

  @Override
  public String getDefaultScheme() {
    return SCHEME;
  }

  @Override
  public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
    return Set.of(InetSocketAddress.class);
  }

  @Override
  public NameResolver newNameResolver(URI target, NameResolver.Args args) {
    Executor executor = args.getOffloadExecutor();
    return new Resolver(endpoint, executor == null ? args.getSynchronizationContext() : executor);
  }

  private static final class Resolver extends NameResolver {

    private final URI endpoint;
    private final Executor executor;
    private volatile Listener2 listener;

    @SuppressWarnings("NullAway.Init")
    Resolver(URI endpoint, Executor executor) {
      this.endpoint = endpoint;
      this.executor = executor;
    }

    /** In TLS the name is checked, and a port would be taken for a part of it. */
    @Override
    public String getServiceAuthority() {
      return endpoint.getScheme().equals("https")
          ? V3Endpoints.host(endpoint)
          : endpoint.getRawAuthority();
    }

    @Override
    public void start(Listener2 told) {
      listener = told;
      refresh();
    }

    @Override
    public void refresh() {
      executor.execute(this::resolve);
    }

    private void resolve() {
      String host = V3Endpoints.host(endpoint);
      List<EquivalentAddressGroup> found = new ArrayList<>();
      try {
        for (InetAddress address : InetAddress.getAllByName(host)) {
          found.add(
              new EquivalentAddressGroup(
                  new InetSocketAddress(address, V3Endpoints.port(endpoint))));
        }
      } catch (UnknownHostException e) {
        listener.onError(
            Status.UNAVAILABLE.withDescription("Unable to resolve host " + host).withCause(e));
        return;
      }
      listener.onResult(
          ResolutionResult.newBuilder()
              .setAddressesOrError(StatusOr.fromValue(found))
              .setAttributes(Attributes.EMPTY)
              .build());
    }

    @Override
    public void shutdown() {
      // A look-up under way ends by itself.
    }
  }
}

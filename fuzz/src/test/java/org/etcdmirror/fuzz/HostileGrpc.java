package org.etcdmirror.fuzz;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ServerCall;
import java.net.URI;
import java.util.SplittableRandom;
import org.etcdmirror.testkit.fault.RawGrpcChannel;
import org.etcdmirror.testkit.fault.RawGrpcServer;

/** Passes calls on to a real etcd, and damages some of its answers. */
final class HostileGrpc implements HostileServer {

  /** Sees the answers that a client receives. */
  @FunctionalInterface
  interface Witness {
    void saw(String method, byte[] answer);
  }

  private final RawGrpcChannel etcd;
  private final RawGrpcServer server;
  private final Witness witness;

  private SplittableRandom random = new SplittableRandom(0);
  private MessageDamage damage = new MessageDamage(random);
  private int oneOf;
  private int damaged;

  HostileGrpc(URI etcd, Witness witness) {
    this.witness = witness;
    RawGrpcChannel channel = new RawGrpcChannel(etcd);
    this.etcd = channel;
    this.server =
        RawGrpcServer.start((method, call) -> channel.pass(method, new Damaged(method, call)));
  }

  @Override
  public URI url() {
    return server.url();
  }

  @Override
  public synchronized void damage(SplittableRandom choices, int oneOfAnswers) {
    random = choices;
    damage = new MessageDamage(choices);
    oneOf = oneOfAnswers;
  }

  @Override
  public synchronized void stop() {
    oneOf = 0;
  }

  @Override
  public synchronized int damaged() {
    return damaged;
  }

  private synchronized byte[] perhapsDamaged(String method, byte[] answer) {
    byte[] sent = answer;
    if (oneOf > 0 && random.nextInt(oneOf) == 0) {
      damaged++;
      sent = damage.of(method, answer);
    }
    witness.saw(method, sent);
    return sent;
  }

  @Override
  public void close() {
    server.close();
    etcd.close();
  }

  private final class Damaged extends SimpleForwardingServerCall<byte[], byte[]> {

    private final String method;

    Damaged(String method, ServerCall<byte[], byte[]> call) {
      super(call);
      this.method = method;
    }

    @Override
    public void sendMessage(byte[] answer) {
      super.sendMessage(perhapsDamaged(method, answer));
    }
  }
}

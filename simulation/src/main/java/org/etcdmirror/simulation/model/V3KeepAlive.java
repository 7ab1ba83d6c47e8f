package org.etcdmirror.simulation.model;

import io.grpc.Status;
import java.util.function.Consumer;
import org.etcdmirror.v3.rpc.LeaseKeepAliveRequest;
import org.etcdmirror.v3.rpc.LeaseKeepAliveResponse;

/** The stream by which a client keeps leases alive. */
final class V3KeepAlive implements V3Stream {

  private final V3Member member;
  private final Consumer<LeaseKeepAliveResponse> send;
  private final Consumer<Status> close;
  private boolean over;

  V3KeepAlive(V3Member member, Consumer<LeaseKeepAliveResponse> send, Consumer<Status> close) {
    this.member = member;
    this.send = send;
    this.close = close;
    member.add(this);
  }

  @Override
  public void received(Object message) {
    long lease = ((LeaseKeepAliveRequest) message).getID();
    send.accept(
        LeaseKeepAliveResponse.newBuilder()
            .setHeader(member.header(member.cluster().store().revision()))
            .setID(lease)
            .setTTL(member.cluster().keepAlive(lease))
            .build());
  }

  @Override
  public void changed() {}

  @Override
  public void mayHave(int more) {}

  @Override
  public void end(Status status) {
    if (!over) {
      over = true;
      member.remove(this);
      close.accept(status);
    }
  }

  @Override
  public void gone() {
    over = true;
    member.remove(this);
  }
}

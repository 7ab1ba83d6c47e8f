package org.etcdmirror.v3.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.tls.Access;
import org.junit.jupiter.api.Test;

class ChannelPoolTest {

  private static final URI ENDPOINT = URI.create("http://127.0.0.1:1");

  private final ChannelPool pool = new ChannelPool();

  private ChannelPool.Lease lease(Access access, boolean urgent) {
    return pool.lease(ENDPOINT, access, urgent);
  }

  @Test
  void usersShareConnections() {
    ChannelPool.Lease one = lease(Access.ANONYMOUS, false);
    ChannelPool.Lease other = lease(Access.user("u", () -> "p"), false);
    assertThat(one.calls()).isSameAs(other.calls());
    assertThat(one.watches()).isSameAs(other.watches());
    assertThat(one.calls()).isNotSameAs(one.watches());
  }

  @Test
  void urgentRequestsDoNotWaitBehindLargeOnes() {
    ChannelPool.Lease one = lease(Access.ANONYMOUS, false);
    ChannelPool.Lease urgent = lease(Access.ANONYMOUS, true);
    assertThat(urgent.calls()).isNotSameAs(one.calls());
    assertThat(urgent.watches()).isSameAs(one.watches());
  }

  @Test
  void connectionServesABoundedNumberOfClients() {
    List<ChannelPool.Lease> leases = new ArrayList<>();
    for (int i = 0; i < ChannelPool.CLIENTS_A_CHANNEL; i++) {
      leases.add(lease(Access.ANONYMOUS, false));
    }
    assertThat(pool.size()).isEqualTo(2);
    leases.add(lease(Access.ANONYMOUS, false));
    assertThat(pool.size()).isEqualTo(4);
  }

  @Test
  void freePlaceOnAConnectionIsTakenBeforeAnotherOneIsMade() {
    List<ChannelPool.Lease> leases = new ArrayList<>();
    for (int i = 0; i < 2 * ChannelPool.CLIENTS_A_CHANNEL; i++) {
      leases.add(lease(Access.ANONYMOUS, false));
    }
    leases.get(0).giveBack();
    leases.get(0).giveBack();
    assertThat(lease(Access.ANONYMOUS, false).calls()).isSameAs(leases.get(1).calls());
    assertThat(pool.size()).isEqualTo(4);
  }

  @Test
  void lastClientEndsTheConnections() {
    ChannelPool.Lease one = lease(Access.ANONYMOUS, false);
    ChannelPool.Lease other = lease(Access.ANONYMOUS, false);
    one.giveBack();
    assertThat(pool.size()).isEqualTo(2);
    other.giveBack();
    assertThat(pool.size()).isZero();
    assertThat(lease(Access.ANONYMOUS, false).calls()).isNotSameAs(other.calls());
  }
}

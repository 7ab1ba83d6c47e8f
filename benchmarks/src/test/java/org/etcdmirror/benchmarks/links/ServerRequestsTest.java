package org.etcdmirror.benchmarks.links;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.StringReader;
import org.junit.jupiter.api.Test;

class ServerRequestsTest {

  private static ServerRequests requests(int ranges, int watches) throws Exception {
    String metrics =
        """
        # TYPE grpc_server_msg_received_total counter
        grpc_server_msg_received_total{grpc_method="Range",grpc_service="etcdserverpb.KV",grpc_type="unary"} %d
        grpc_server_msg_received_total{grpc_method="Watch",grpc_service="etcdserverpb.Watch",grpc_type="bidi_stream"} %d
        grpc_server_msg_sent_total{grpc_method="Txn",grpc_service="etcdserverpb.KV",grpc_type="unary"} 7
        """
            .formatted(ranges, watches);
    return ServerRequests.read(new BufferedReader(new StringReader(metrics)));
  }

  @Test
  void ratesAreThoseOfTheMethodsThatWereUsed() throws Exception {
    assertThat(requests(30, 5).since(requests(10, 5), 10)).isEqualTo("Range 2.0/s");
  }
}

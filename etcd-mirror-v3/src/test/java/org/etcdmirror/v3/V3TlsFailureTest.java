package org.etcdmirror.v3;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.List;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.etcd.TlsFailureContract;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.junit.jupiter.api.io.TempDir;

class V3TlsFailureTest extends TlsFailureContract {

  V3TlsFailureTest(@TempDir Path directory) {
    super(directory);
  }

  @Override
  protected void read(String url, Access access) throws Exception {
    try (V3Client client = V3Client.connect(List.of(url), access)) {
      client.call(
          KVGrpc.getRangeMethod(),
          RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("/a")).build());
    }
  }
}

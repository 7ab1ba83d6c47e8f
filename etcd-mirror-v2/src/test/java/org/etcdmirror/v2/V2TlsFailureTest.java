package org.etcdmirror.v2;

import java.nio.file.Path;
import java.util.List;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.etcd.TlsFailureContract;
import org.etcdmirror.v2.internal.client.V2Client;
import org.junit.jupiter.api.io.TempDir;

class V2TlsFailureTest extends TlsFailureContract {

  V2TlsFailureTest(@TempDir Path directory) {
    super(directory);
  }

  @Override
  protected void read(String url, Access access) throws Exception {
    try (V2Client client = V2Client.connect(List.of(url), access)) {
      client.get("/", "");
    }
  }
}

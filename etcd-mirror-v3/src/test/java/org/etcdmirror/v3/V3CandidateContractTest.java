package org.etcdmirror.v3;

import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.testkit.CandidateContract;
import org.etcdmirror.testkit.Fencing;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@EtcdTest
@Execution(ExecutionMode.CONCURRENT)
final class V3CandidateContractTest extends CandidateContract {

  private static EtcdServer etcd;

  @BeforeAll
  static void start(EtcdServer server) {
    etcd = server;
  }

  @Override
  protected ReadableSink openSink() {
    return V3Sink.of(etcd.clientUrl().toString());
  }

  @Override
  protected Fencing fencing() {
    return Fencing.EACH_WRITE;
  }
}

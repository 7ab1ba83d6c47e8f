package org.etcdmirror.kafka;

import java.io.IOException;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.kafka.broker.KafkaProxy;
import org.etcdmirror.kafka.broker.KafkaTest;
import org.etcdmirror.kafka.broker.SharedBroker;
import org.etcdmirror.testkit.Fencing;
import org.etcdmirror.testkit.LateWritesContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

@KafkaTest
class KafkaLateWritesContractTest extends LateWritesContract {

  private final String topic = SharedBroker.freshName();
  private KafkaProxy proxy;

  @BeforeEach
  void startProxy() throws IOException {
    proxy = KafkaProxy.start(SharedBroker.broker());
  }

  @AfterEach
  void endProxy() throws IOException {
    proxy.close();
  }

  @Override
  protected ReadableSink openSink() {
    return proxy.sink(topic).build();
  }

  @Override
  protected Fencing fencing() {
    return Fencing.EACH_WRITE;
  }

  @Override
  protected void holdWrites(boolean on) {
    proxy.mode(on ? KafkaProxy.Mode.HOLD_WRITES : KafkaProxy.Mode.PASS);
  }

  @Override
  protected int executeHeldWrites() throws IOException {
    return proxy.executeHeld();
  }
}

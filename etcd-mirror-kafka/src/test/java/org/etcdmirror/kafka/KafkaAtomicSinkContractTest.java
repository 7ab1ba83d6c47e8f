package org.etcdmirror.kafka;

import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.kafka.broker.KafkaTest;
import org.etcdmirror.kafka.broker.SharedBroker;
import org.etcdmirror.testkit.AtomicSinkContract;

@KafkaTest
class KafkaAtomicSinkContractTest extends AtomicSinkContract {

  private final String topic = SharedBroker.freshName();

  @Override
  protected AtomicSink openSink() {
    return SharedBroker.sink(topic);
  }
}

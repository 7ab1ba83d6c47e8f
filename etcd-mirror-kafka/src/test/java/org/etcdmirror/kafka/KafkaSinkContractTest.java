package org.etcdmirror.kafka;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.kafka.broker.KafkaTest;
import org.etcdmirror.kafka.broker.SharedBroker;
import org.etcdmirror.testkit.EventSinkContract;

@KafkaTest
class KafkaSinkContractTest extends EventSinkContract {

  private final String topic = SharedBroker.freshName();

  @Override
  protected EventSink createSink(List<Bytes> prefixes) {
    return SharedBroker.sink(topic);
  }
}

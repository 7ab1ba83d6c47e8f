package org.etcdmirror.kafka;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.kafka.broker.KafkaTest;
import org.etcdmirror.kafka.broker.SharedBroker;
import org.etcdmirror.testkit.ReadableSinkContract;

@KafkaTest
class KafkaSinkReadingContractTest extends ReadableSinkContract {

  private final String topic = SharedBroker.freshName();

  @Override
  protected ReadableSink createSink(List<Bytes> prefixes) {
    return SharedBroker.sink(topic);
  }
}

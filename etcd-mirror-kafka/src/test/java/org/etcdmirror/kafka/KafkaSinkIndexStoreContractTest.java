package org.etcdmirror.kafka;

import org.etcdmirror.api.IndexStore;
import org.etcdmirror.kafka.broker.KafkaTest;
import org.etcdmirror.kafka.broker.SharedBroker;
import org.etcdmirror.testkit.IndexStoreContract;

@KafkaTest
class KafkaSinkIndexStoreContractTest extends IndexStoreContract {

  private final String topic = SharedBroker.freshName();

  @Override
  protected IndexStore openStore(int place) {
    return KafkaSink.builder()
        .brokers(SharedBroker.broker().address())
        .topic(topic + "-" + place)
        .checkpointTopic(topic + "-checkpoint-" + place)
        .build()
        .indexStore("link");
  }
}

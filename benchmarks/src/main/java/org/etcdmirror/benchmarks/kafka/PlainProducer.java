package org.etcdmirror.benchmarks.kafka;

import java.io.IOException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.v3.V3Source;
import org.jspecify.annotations.Nullable;

/**
 * What a program of an hour does: it hands each event of a watch to an idempotent producer. It has
 * no transaction, no checkpoint and no resync.
 */
final class PlainProducer implements ToKafka {

  private static final Duration PATIENCE = Duration.ofMillis(100);

  private final V3Source source;
  private final EventStream stream;
  private final KafkaProducer<byte[], byte[]> producer;
  private final String topic;
  private final Thread thread = new Thread(this::follow, "plain-producer");
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private volatile boolean ended;

  private PlainProducer(
      V3Source source, EventStream stream, KafkaProducer<byte[], byte[]> producer, String topic) {
    this.source = source;
    this.stream = stream;
    this.producer = producer;
    this.topic = topic;
  }

  /** Follows the keys of a prefix from a revision on. */
  static PlainProducer start(String etcd, String prefix, long after, String brokers, String topic)
      throws IOException, LostEventsException, InterruptedException {
    Properties settings = new Properties();
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    // Without it a single record waits for others.
    settings.put(ProducerConfig.LINGER_MS_CONFIG, "0");
    V3Source source = V3Source.of(etcd);
    EventStream stream = source.open(Selection.of(Bytes.utf8(prefix)), Start.after(after));
    PlainProducer plain =
        new PlainProducer(
            source,
            stream,
            new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()),
            topic);
    plain.thread.start();
    return plain;
  }

  private void follow() {
    try {
      while (!ended) {
        for (MirrorEvent event : stream.poll(PATIENCE).events()) {
          byte[] value = event instanceof MirrorEvent.Put put ? put.value().toByteArray() : null;
          Future<RecordMetadata> unused =
              producer.send(
                  new ProducerRecord<>(topic, event.key().toByteArray(), value),
                  (written, refused) -> {
                    if (refused != null) {
                      failure.set(refused);
                    }
                  });
        }
      }
    } catch (IOException | LostEventsException | InterruptedException e) {
      failure.set(e);
    }
  }

  @Override
  public void close() throws Exception {
    ended = true;
    thread.join();
    stream.close();
    source.close();
    producer.close();
    Exception thrown = failure.get();
    if (thrown != null) {
      throw thrown;
    }
  }
}

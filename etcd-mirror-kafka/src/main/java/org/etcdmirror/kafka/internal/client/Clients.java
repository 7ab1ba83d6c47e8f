package org.etcdmirror.kafka.internal.client;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.etcdmirror.api.ClosedException;
import org.jspecify.annotations.Nullable;

/** Makes the clients of one sink. Safe for use by many threads. */
public final class Clients implements AutoCloseable {

  private final ClientSettings settings;
  private @Nullable Admin admin;
  private boolean closed;

  /** Connects to nothing yet. */
  public Clients(ClientSettings settings) {
    this.settings = settings;
  }

  /** The brokers, for messages. */
  public String brokers() {
    return settings.brokers();
  }

  /** A consumer that belongs to no group and sees what was committed. */
  public Consumer<byte[], byte[]> consumer() throws IOException, InterruptedException {
    var all = settings.consumer();
    return make(
        () -> new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
  }

  /** A producer of transactions, not registered yet. */
  public Producer<byte[], byte[]> producer(String transactionalId)
      throws IOException, InterruptedException {
    var all = settings.producer(transactionalId);
    return make(
        () -> new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer()));
  }

  /** Asks the brokers; one for all threads. */
  public synchronized Admin admin() throws IOException, InterruptedException {
    refuseIfClosed();
    Admin made = admin;
    if (made == null) {
      var all = settings.admin();
      made = make(() -> Admin.create(all));
      admin = made;
    }
    return made;
  }

  private <T> T make(Supplier<T> client) throws IOException, InterruptedException {
    BrokerNames.resolve(brokers());
    try {
      return OwnLoader.use(client);
    } catch (KafkaException e) {
      throw Failures.of("cannot make a client of Kafka for '%s'".formatted(brokers()), e);
    }
  }

  /** Refuses any use after the end. */
  public synchronized void refuseIfClosed() {
    if (closed) {
      throw new ClosedException("the sink 'kafka:" + brokers() + "'");
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (admin != null) {
      admin.close(Duration.ZERO);
      admin = null;
    }
  }
}

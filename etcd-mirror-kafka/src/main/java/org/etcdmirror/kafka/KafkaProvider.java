package org.etcdmirror.kafka;

import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SinkSettings;
import org.etcdmirror.api.tls.Access;

/**
 * Serves addresses of the form {@code kafka:HOST:PORT,HOST:PORT/TOPIC?settings=FILE}. Safe for use
 * by many threads.
 */
public final class KafkaProvider implements SinkProvider {

  /** For {@link java.util.ServiceLoader}. */
  public KafkaProvider() {}

  @Override
  public String scheme() {
    return "kafka";
  }

  @Override
  public EventSink createSink(SinkSettings settings) {
    if (settings.checkpointKey() != null) {
      throw new IllegalArgumentException(
          "a sink of Kafka stores its index in a topic: name it by checkpoint=TOPIC in the address");
    }
    if (!settings.access().equals(Access.ANONYMOUS)) {
      throw new IllegalArgumentException(
          "a sink of Kafka takes user and certificates from the properties file that settings=FILE in the address names");
    }
    return KafkaAddress.sink(settings.address().rest());
  }
}

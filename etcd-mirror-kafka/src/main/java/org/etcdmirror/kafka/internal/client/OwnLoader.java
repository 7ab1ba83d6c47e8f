package org.etcdmirror.kafka.internal.client;

import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * Kafka loads classes by the loader of the thread, also those that are its own defaults. The
 * classes of a plug-in are known to the plug-in's loader alone.
 */
final class OwnLoader {

  private OwnLoader() {}

  /** Does this by the loader of Kafka's classes. */
  static <T> T use(Supplier<T> action) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(KafkaProducer.class.getClassLoader());
    try {
      return action.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}

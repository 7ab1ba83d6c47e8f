package org.etcdmirror.kafka.broker;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicLong;
import org.etcdmirror.kafka.KafkaSink;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One broker for all tests of this JVM; it is ended after the last one. */
public final class SharedBroker implements BeforeAllCallback {

  private static final AtomicLong NUMBER = new AtomicLong(System.nanoTime());
  private static volatile KafkaBroker broker;

  /** Kept by JUnit until all tests have run. */
  private record Holder(KafkaBroker held) implements AutoCloseable {
    @Override
    public void close() {
      held.close();
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    broker =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.create(SharedBroker.class))
            .getOrComputeIfAbsent(Holder.class, any -> new Holder(started()), Holder.class)
            .held();
  }

  private static KafkaBroker started() {
    try {
      return KafkaBroker.start();
    } catch (Exception e) {
      throw new IllegalStateException("no broker", e);
    }
  }

  /** The broker. */
  public static KafkaBroker broker() {
    return requireNonNull(broker, "the test class is no @KafkaTest");
  }

  /** A name that no other test uses. */
  public static String freshName() {
    return "test-" + Long.toString(NUMBER.incrementAndGet(), Character.MAX_RADIX);
  }

  /** A sink that writes to this topic. */
  public static KafkaSink sink(String topic) {
    return KafkaSink.of(broker().address(), topic);
  }
}

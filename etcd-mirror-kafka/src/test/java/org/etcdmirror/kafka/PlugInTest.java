package org.etcdmirror.kafka;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SinkSettings;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.kafka.broker.KafkaTest;
import org.etcdmirror.kafka.broker.SharedBroker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The sink as a plug-in: the program itself knows neither the sink nor Kafka. */
@KafkaTest
@Timeout(300)
class PlugInTest {

  /** The program. */
  private static final class WithoutKafka extends ClassLoader {

    WithoutKafka() {
      super(PlugInTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("org.apache.kafka.") || name.startsWith("org.etcdmirror.kafka.")) {
        throw new ClassNotFoundException(name);
      }
      return super.loadClass(name, resolve);
    }
  }

  private static URL home(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation();
  }

  @Test
  void findsItsClassesWhereTheThreadsOfTheProgramDoNot() throws Exception {
    String topic = SharedBroker.freshName();
    URL[] plugIn = {home(KafkaSink.class), home(KafkaProducer.class)};
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try (URLClassLoader loader = new URLClassLoader(plugIn, new WithoutKafka())) {
      SinkProvider provider =
          (SinkProvider)
              loader.loadClass(KafkaProvider.class.getName()).getConstructor().newInstance();
      MirrorAddress address =
          MirrorAddress.parse("kafka:" + SharedBroker.broker().address() + "/" + topic);
      try (EventSink sink =
          provider.createSink(new SinkSettings(address, Access.ANONYMOUS, null))) {
        assertThat(sink.getClass()).isNotEqualTo(KafkaSink.class);
        save(sink, topic);
      }
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static void save(EventSink sink, String link) throws Exception {
    IndexStore store = requireNonNull(sink.indexStore(link));
    Optional<Checkpoint> found = store.load();
    assertThat(found).isEmpty();
    sink.open(new SinkContext(link, KeyModel.BYTES, List.of(Bytes.EMPTY)));
    Checkpoint checkpoint = new Checkpoint(1, "cluster", "scope", Instant.EPOCH);
    store.save(checkpoint);
    assertThat(store.load()).contains(checkpoint);
  }
}

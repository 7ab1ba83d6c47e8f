package org.etcdmirror.kafka.connect.rounds;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.etcdmirror.kafka.broker.KafkaBroker;
import org.etcdmirror.kafka.connect.worker.ConnectWorker;

/** Keeps what tells why a round failed, while its processes still run. */
final class Evidence {

  private static final Path DIRECTORY = Path.of("target/kafka-rounds-failed");
  private static final int MILLIS = 30_000;

  private Evidence() {}

  /** Copies the logs, with the threads of each worker, and what the broker says of transactions. */
  static void keep(KafkaBroker broker, List<ConnectWorker> workers)
      throws IOException, InterruptedException {
    Files.createDirectories(DIRECTORY);
    for (int i = 0; i < workers.size(); i++) {
      workers.get(i).keepLog(DIRECTORY.resolve("worker-%d.log".formatted(i + 1)));
    }
    Files.writeString(DIRECTORY.resolve("transactions.txt"), transactions(broker));
    broker.keepLog(DIRECTORY.resolve("broker.log"));
  }

  private static String transactions(KafkaBroker broker) throws InterruptedException {
    Map<String, Object> settings =
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
            broker.address(),
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            MILLIS);
    try (Admin admin = Admin.create(settings)) {
      StringBuilder text = new StringBuilder();
      admin
          .listTransactions()
          .all()
          .get()
          .forEach(each -> text.append(each).append(System.lineSeparator()));
      return text.toString();
    } catch (ExecutionException e) {
      return e.toString();
    }
  }
}

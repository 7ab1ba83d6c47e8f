package org.etcdmirror.kafka.connect.source;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.apache.kafka.connect.source.TransactionContext;
import org.etcdmirror.kafka.connect.config.ConnectLogEvent;
import org.etcdmirror.kafka.connect.source.delivery.Deliveries;
import org.etcdmirror.kafka.connect.source.plan.LinkPlan;
import org.etcdmirror.kafka.connect.source.plan.SourcePlan;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the mirrors of some links and hands what they write to the worker. The worker calls it from
 * one thread, but for {@link #commitRecord} and {@link #commit}.
 */
public final class EtcdSourceTask extends SourceTask {

  private static final Logger log = LoggerFactory.getLogger(EtcdSourceTask.class);
  private static final Duration POLL = Duration.ofSeconds(1);

  private final List<LinkMirror> mirrors = new ArrayList<>();
  private @Nullable Deliveries deliveries;

  /** For the worker. */
  public EtcdSourceTask() {}

  @Override
  public String version() {
    return new EtcdSourceConnector().version();
  }

  @Override
  public void start(Map<String, String> settings) {
    SourcePlan plan = new SourcePlan(settings);
    String links = requireNonNull(settings.get(EtcdSourceConnector.TASK_LINKS), "task.links");
    Deliveries between = new Deliveries(plan.isExactlyOnce());
    deliveries = between;
    if (!plan.isExactlyOnce()) {
      log.warn(
          ConnectLogEvent.CHANGES_MAY_REPEAT.marker(),
          "exactly.once.support of the connector is not 'required', so changes may come again after"
              + " a crash, and offsets are stored only each offset.flush.interval.ms");
    }
    for (String number : links.split(",", -1)) {
      LinkPlan link = plan.links().get(Integer.parseInt(number));
      mirrors.add(LinkMirror.start(plan, link, context.offsetStorageReader(), between));
    }
  }

  /**
   * The next batch of one link; null if nothing happened for a second.
   *
   * @throws ConnectException if a mirror has failed, or waits for a person
   */
  @Override
  public @Nullable List<SourceRecord> poll() throws InterruptedException {
    Deliveries between = deliveries;
    if (between == null) {
      throw new IllegalStateException("task was not started");
    }
    between.requireNothingLost();
    mirrors.forEach(LinkMirror::requireGoingOn);
    List<SourceRecord> batch = between.next(POLL);
    TransactionContext transaction = context.transactionContext();
    if (batch != null && transaction != null) {
      transaction.commitTransaction(batch.get(batch.size() - 1));
    }
    return batch;
  }

  @Override
  public void commitRecord(SourceRecord record, @Nullable RecordMetadata metadata) {
    Deliveries between = deliveries;
    if (between != null) {
      between.confirmed(record, metadata != null);
    }
  }

  @Override
  public void commit() {
    Deliveries between = deliveries;
    if (between != null) {
      between.committed();
    }
  }

  /** Each mirror takes up to a second, and the worker's patience is five. */
  @Override
  public void stop() {
    CompletableFuture<?>[] closing =
        mirrors.stream()
            .map(mirror ->
                CompletableFuture.runAsync(
                    mirror::close, run -> new Thread(run, "etcd-mirror-closer").start()))
            .toArray(CompletableFuture<?>[]::new);
    mirrors.clear();
    CompletableFuture.allOf(closing).join();
    if (deliveries != null) {
      deliveries.close();
    }
  }
}

package org.etcdmirror.kafka.connect.source.plan;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.kafka.connect.config.EtcdSide;
import org.etcdmirror.kafka.connect.source.gap.ReaderSettings;
import org.etcdmirror.kafka.connect.source.gap.TopicLook;
import org.etcdmirror.kafka.connect.source.plan.PlanChecks.Problem;
import org.jspecify.annotations.Nullable;

/** Asks etcd, and the brokers if the topic is read back, whether they answer. */
public final class EtcdReach {

  /** The worker's own limit for a check is 90 seconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private EtcdReach() {}

  /** What is wrong; empty if everything answers. Takes up to half a minute. */
  public static List<Problem> problems(SourcePlan plan) throws InterruptedException {
    List<Problem> problems = new ArrayList<>();
    String etcd = problem("etcd", () -> askEtcd(plan));
    if (etcd != null) {
      problems.add(new Problem(EtcdSide.ADDRESS, etcd));
    }
    List<Problem> found = new CopyOnWriteArrayList<>();
    String brokers = problem("the brokers", () -> askBrokers(plan, found));
    if (brokers != null) {
      problems.add(new Problem(SourcePlan.READER_BROKERS, brokers));
    }
    problems.addAll(found);
    return problems;
  }

  /** A question that may block. */
  @FunctionalInterface
  private interface Question {
    void ask() throws IOException, InterruptedException;
  }

  private static @Nullable String problem(String whom, Question question)
      throws InterruptedException {
    FutureTask<Void> task =
        new FutureTask<>(() -> {
          question.ask();
          return null;
        });
    Thread thread = new Thread(task, "etcd-connector-check");
    thread.setDaemon(true);
    thread.start();
    try {
      task.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return null;
    } catch (TimeoutException e) {
      return "%s did not answer within %d seconds: correct the address, or look at the servers"
          .formatted(whom, PATIENCE.toSeconds());
    } catch (ExecutionException e) {
      Throwable cause = requireNonNull(e.getCause(), "a failure has a cause");
      return "%s cannot be asked: %s".formatted(whom, cause.getMessage());
    } finally {
      task.cancel(true);
    }
  }

  /** A user may read under some prefixes and not under others. */
  private static void askEtcd(SourcePlan plan) throws IOException, InterruptedException {
    try (EventSource source = plan.etcd().source()) {
      for (LinkPlan link : plan.links()) {
        SourceHead unused = source.head(new Selection(link.sourcePrefixes(), false));
      }
    }
  }

  private static void askBrokers(SourcePlan plan, List<Problem> problems)
      throws IOException, InterruptedException {
    ReaderSettings settings = plan.reader();
    if (settings == null) {
      return;
    }
    Set<String> topics = new TreeSet<>();
    plan.links().forEach(link -> topics.add(link.topic()));
    for (String topic : topics) {
      for (String why : new TopicLook(settings).problems(topic, plan.largestRecord())) {
        problems.add(new Problem(SourcePlan.TOPIC, why));
      }
    }
  }
}

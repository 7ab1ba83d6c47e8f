package org.etcdmirror.soak;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.etcdmirror.soak.Instance.View;
import org.jspecify.annotations.Nullable;

/**
 * The instances of one link: a single one, or a pair of which one stands by. Another mirror of the
 * link, which takes part in no election, may run beside them for a while.
 */
final class Mirrors implements AutoCloseable {

  private static final long LOOK_NANOS = Duration.ofMillis(250).toNanos();

  private static final Set<String> BEFORE_THE_SINK = Set.of("CREATED", "CONNECTING");

  private final Settings settings;
  private final Cluster source;
  private final Cluster sink;
  private final Path directory;
  private final Map<String, String> environment;
  private final Tally tally;
  private final Leads leads;
  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicInteger started = new AtomicInteger();
  private final List<Instance> instances = new ArrayList<>();
  private final Thread thread = new Thread(this::look, "mirrors");
  private long lastLook = System.nanoTime();
  private @Nullable MirrorProcess second;
  private volatile boolean closed;

  /** Mirrors of which none runs yet. */
  Mirrors(
      Settings settings,
      Cluster source,
      Cluster sink,
      Path directory,
      Optional<MirrorClock> clock,
      Tally tally) {
    this.settings = settings;
    this.source = source;
    this.sink = sink;
    this.directory = directory;
    this.environment = clock.map(MirrorClock::environment).orElse(Map.of());
    this.tally = tally;
    this.leads = new Leads(tally);
  }

  /** Starts the only instance, or a pair in which each instance has lines of its own. */
  void start() throws IOException {
    if (settings.standby()) {
      startMember("one");
      startMember("two");
    } else {
      instances.add(instance("alone", Link.options(settings, source, sink), List.of(), null));
    }
    thread.start();
  }

  private void startMember(String name) throws IOException {
    Lines lines = new Lines(source, sink);
    List<String> link = Link.options(settings, source, lines.sourceUrls(), sink, lines.sinkUrls());
    instances.add(instance(name, link, List.of("--standby", "--member", name), lines));
  }

  private Instance instance(
      String name, List<String> link, List<String> more, @Nullable Lines lines) throws IOException {
    List<String> args = command(link);
    args.addAll(more);
    return new Instance(name, directory, environment, args, lines, tally, http, started);
  }

  private List<String> command(List<String> link) {
    List<String> args = new ArrayList<>(List.of("run", "--http", "127.0.0.1:0"));
    args.addAll(link);
    args.addAll(settings.mirrorOptions());
    return args;
  }

  /** Whether one that leads said so at the last look. */
  boolean isLevel() {
    return led().filter(each -> each.view() == View.LEADS_LEVEL).isPresent();
  }

  /** Whether one leads, and each other one could take over at once. */
  boolean areReady() {
    return led().isPresent()
        && instances.stream().filter(each -> each.view() == View.WARM).count()
            == instances.size() - 1;
  }

  /** One of them, by any number. */
  Instance instance(int number) {
    return instances.get(number % instances.size());
  }

  /**
   * The one that leads.
   *
   * @throws IOException if none is known to
   */
  Instance leader() throws IOException {
    return led().orElseThrow(() -> new IOException("no instance leads now"));
  }

  /** If two say so, the one that woke up does not know yet that it was deposed. */
  private Optional<Instance> led() {
    List<Instance> found = instances.stream().filter(Instance::leadsUnharmed).toList();
    String last = leads.last();
    return found.stream()
        .filter(each -> each.name().equals(last))
        .findAny()
        .or(() -> found.stream().findAny());
  }

  /** Whether another instance leads. */
  boolean isLedByAnother(Instance than) {
    return led().filter(each -> !each.name().equals(than.name())).isPresent();
  }

  /** A fault met an instance. */
  void met(Instance instance, String fault) {
    leads.met(instance.name(), fault);
  }

  /** Starts a mirror of the same link that takes part in no election. */
  synchronized void startSecond() throws IOException {
    if (second == null) {
      tally.count("mirrors", "started");
      Path log = directory.resolve("mirror" + started.getAndIncrement() + ".log");
      second =
          MirrorProcess.start(
              log, http, environment, command(Link.options(settings, source, sink)));
    }
  }

  /** Whether it has come to its sink, or has ended. */
  synchronized boolean hasSecondTakenPart() throws InterruptedException {
    if (second == null) {
      return true;
    }
    JsonNode status = second.status();
    return status != null && !BEFORE_THE_SINK.contains(status.path("state").asText());
  }

  synchronized void killSecond() throws InterruptedException {
    if (second != null) {
      second.close();
      second = null;
    }
  }

  private void look() {
    try {
      while (!closed) {
        Optional<Instance> leader = led();
        long now = System.nanoTime();
        leads.isLed(leader.map(Instance::name).orElse(null), now);
        tally.count("milliseconds of the mirror", word(leader), (now - lastLook) / 1_000_000);
        lastLook = now;
        lookAtSecond();
        LockSupport.parkNanos(LOOK_NANOS);
      }
    } catch (IOException e) {
      tally.loss("the run cannot look after the mirror: " + e);
    }
  }

  private String word(Optional<Instance> leader) {
    if (leader.isPresent()) {
      return leader.get().view() == View.LEADS_LEVEL ? "level" : "not level";
    }
    if (instances.size() > 1) {
      return "no leader";
    }
    return instance(0).view() == View.SILENT ? "no answer" : "does not run";
  }

  private synchronized void lookAtSecond() throws IOException {
    if (second != null && !second.child().runs()) {
      second.countEnd(tally);
      second = null;
    }
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.join();
    killSecond();
    for (Instance each : instances) {
      each.close();
    }
  }
}

package org.etcdmirror.soak;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one instance of a mirror running as systemd would, looks at its status, and says yes to
 * what it asks.
 */
final class Instance implements AutoCloseable {

  private static final long LOOK_NANOS = Duration.ofMillis(250).toNanos();
  private static final long BEFORE_RESTART_NANOS = Duration.ofSeconds(1).toNanos();

  /** What its status said at the last look. */
  enum View {
    NOT_RUNNING,
    SILENT,
    STANDS_BY,
    WARM,
    LEADS,
    LEADS_LEVEL;

    boolean leads() {
      return this == LEADS || this == LEADS_LEVEL;
    }

    static View of(@Nullable JsonNode status) {
      if (status == null) {
        return SILENT;
      }
      // The only instance of its link tells no role.
      if (status.path("role").asText().equals("standby")) {
        return status.path("warm").asBoolean() ? WARM : STANDS_BY;
      }
      return status.path("caughtUp").asBoolean() ? LEADS_LEVEL : LEADS;
    }
  }

  private final String name;
  private final Path directory;
  private final Map<String, String> environment;
  private final List<String> args;
  private final @Nullable Lines lines;
  private final Tally tally;
  private final AtomicInteger started;
  private final HttpClient http;
  private final Set<String> known = new HashSet<>();
  private final Thread thread;
  private @Nullable MirrorProcess process;
  private boolean frozen;
  private boolean cut;

  /** It is not to be started again. */
  private boolean down;

  private volatile View view = View.SILENT;
  private volatile boolean closed;

  /**
   * Starts it.
   *
   * @param name what a person calls it
   * @param args the command
   * @param lines its own lines to the clusters, which are closed with it; null if it has none
   * @param started numbers the processes of a link
   */
  Instance(
      String name,
      Path directory,
      Map<String, String> environment,
      List<String> args,
      @Nullable Lines lines,
      Tally tally,
      HttpClient http,
      AtomicInteger started)
      throws IOException {
    this.name = name;
    this.directory = directory;
    this.environment = environment;
    this.args = List.copyOf(args);
    this.lines = lines;
    this.tally = tally;
    this.http = http;
    this.started = started;
    this.process = start();
    this.thread = new Thread(this::look, "instance-" + name);
    thread.start();
  }

  private MirrorProcess start() throws IOException {
    tally.count("mirrors", "started");
    return MirrorProcess.start(
        directory.resolve("mirror" + started.getAndIncrement() + ".log"), http, environment, args);
  }

  String name() {
    return name;
  }

  /** What its status said last; one that is frozen says nothing. */
  View view() {
    return view;
  }

  /** Whether it leads, says so, and nothing is done to it. */
  synchronized boolean leadsUnharmed() {
    return view.leads() && !frozen && !cut && !down;
  }

  /** Ends it at once (SIGKILL); it is started again soon. */
  synchronized void kill() throws InterruptedException {
    if (process != null) {
      tally.count("mirrors", "killed");
      process.close();
      isGone();
    }
  }

  private void isGone() {
    process = null;
    frozen = false;
    view = View.NOT_RUNNING;
  }

  /** Whether it stays down once it has ended. */
  synchronized void keepDown(boolean on) {
    down = on;
  }

  /** Asks it to end (SIGTERM). */
  synchronized void end() throws IOException, InterruptedException {
    if (process != null) {
      process.child().signal("TERM");
    }
  }

  /** Stops its process (SIGSTOP), or ends that. */
  synchronized void freeze(boolean on) throws IOException, InterruptedException {
    if (process != null) {
      process.child().signal(on ? "STOP" : "CONT");
      frozen = on;
      view = View.SILENT;
    }
  }

  /** Cuts its own lines in some way. */
  synchronized void cut(Consumer<Lines> way) {
    way.accept(requireNonNull(lines, "lines of its own"));
    cut = true;
  }

  /** Ends that. */
  synchronized void heal() {
    requireNonNull(lines, "lines of its own").heal();
    cut = false;
  }

  private void look() {
    try {
      while (!closed) {
        MirrorProcess looked = running();
        if (looked == null) {
          LockSupport.parkNanos(BEFORE_RESTART_NANOS);
          restart();
        } else {
          // Not under the lock: it may be stopped and say nothing for seconds.
          look(looked);
          LockSupport.parkNanos(LOOK_NANOS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      tally.loss("the run cannot look after instance " + name + ": " + e);
    }
  }

  private synchronized void restart() throws IOException {
    if (process == null && !closed && !down) {
      process = start();
      view = View.SILENT;
    }
  }

  /** Its process; null if it has to be started again. */
  private synchronized @Nullable MirrorProcess running() throws IOException {
    MirrorProcess looked = process;
    if (looked == null || looked.child().runs()) {
      return looked;
    }
    if (down && looked.child().exitCode() == 0) {
      tally.count("mirrors", "ended in order");
    } else {
      looked.countEnd(tally);
    }
    isGone();
    return null;
  }

  private void look(MirrorProcess mirror) throws InterruptedException {
    JsonNode status = mirror.status();
    seen(mirror, View.of(status));
    if (status == null) {
      return;
    }
    for (JsonNode gap : status.path("gapRecords")) {
      String reason = gap.path("reason").asText();
      if (known.add(mirror.child().pid() + " " + gap.path("at").asText() + reason)) {
        tally.count("gaps closed", reason + " " + gap.path("decision").asText());
      }
    }
    String token = status.at("/pending/token").asText();
    if (!token.isEmpty() && mirror.approve(token)) {
      tally.count("approved", status.at("/pending/kind").asText("plans"));
    }
  }

  /** The answer may have been under way when something was done to it. */
  @SuppressWarnings("ReferenceEquality") // Each process is started once.
  private synchronized void seen(MirrorProcess asked, View said) {
    if (process == asked && !frozen) {
      view = said;
    }
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.join();
    synchronized (this) {
      if (process != null) {
        process.close();
        isGone();
      }
    }
    if (lines != null) {
      lines.close();
    }
  }
}

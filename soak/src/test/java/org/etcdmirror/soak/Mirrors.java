package org.etcdmirror.soak;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a mirror running as systemd would, looks at its status, and says yes to what it asks. A
 * second one may run beside it for a while.
 */
final class Mirrors implements AutoCloseable {

  private static final long LOOK_NANOS = Duration.ofMillis(250).toNanos();
  private static final long BEFORE_RESTART_NANOS = Duration.ofSeconds(1).toNanos();

  private static final Set<String> BEFORE_THE_SINK = Set.of("CREATED", "CONNECTING");

  private final Path directory;
  private final Map<String, String> environment;
  private final List<String> options;
  private final Tally tally;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Set<String> known = new HashSet<>();
  private final Thread thread = new Thread(this::look, "mirrors");
  private int started;
  private long lastLook = System.nanoTime();
  private @Nullable MirrorProcess main;
  private @Nullable MirrorProcess second;
  private volatile boolean level;
  private volatile boolean closed;

  /**
   * Starts it.
   *
   * @param options the link
   */
  Mirrors(Path directory, Map<String, String> environment, List<String> options, Tally tally)
      throws IOException {
    this.directory = directory;
    this.environment = environment;
    this.options = List.copyOf(options);
    this.tally = tally;
    this.main = start();
    thread.start();
  }

  private MirrorProcess start() throws IOException {
    List<String> args = new ArrayList<>(List.of("run", "--http", "127.0.0.1:0"));
    args.addAll(options);
    tally.count("mirrors", "started");
    return MirrorProcess.start(
        directory.resolve("mirror" + started++ + ".log"), http, environment, args);
  }

  /** Whether the status said so at the last look. */
  boolean isLevel() {
    return level;
  }

  /** Ends the mirror at once (SIGKILL); it is started again soon. */
  synchronized void kill() throws InterruptedException {
    if (main != null) {
      tally.count("mirrors", "killed");
      main.close();
      main = null;
    }
  }

  /** Stops the mirror's process (SIGSTOP), or ends that. */
  synchronized void freeze(boolean on) throws IOException, InterruptedException {
    if (main != null) {
      main.child().signal(on ? "STOP" : "CONT");
    }
  }

  /** Starts a second mirror of the same link. */
  synchronized void startSecond() throws IOException {
    if (second == null) {
      second = start();
    }
  }

  /** Whether the second one has come to its sink, or has ended. */
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
        boolean restart = lookAtMain();
        lookAtSecond();
        LockSupport.parkNanos(restart ? BEFORE_RESTART_NANOS : LOOK_NANOS);
        if (restart && !closed) {
          restart();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      tally.loss("the run cannot look after the mirror: " + e);
    }
  }

  private synchronized void restart() throws IOException {
    if (main == null) {
      main = start();
    }
  }

  /** Whether it has to be started again. */
  private boolean lookAtMain() throws IOException, InterruptedException {
    MirrorProcess looked;
    synchronized (this) {
      looked = main;
      if (looked == null || ended(looked)) {
        main = null;
        level = false;
        countTime("does not run");
        return true;
      }
    }
    // Not under the lock: it may be stopped and say nothing for seconds.
    look(looked);
    return false;
  }

  private synchronized void lookAtSecond() throws IOException, InterruptedException {
    if (second != null && ended(second)) {
      second = null;
    }
  }

  private boolean ended(MirrorProcess mirror) throws IOException {
    if (mirror.child().runs()) {
      return false;
    }
    tally.count(
        "mirrors ended by themselves", mirror.child().exitCode() + " " + reason(mirror.lastLine()));
    return true;
  }

  /** A line without what differs each time. */
  private static String reason(String line) {
    return line.replaceAll("\\S*\\d\\S*", "N").replaceAll("(N )+", "N ");
  }

  private void look(MirrorProcess mirror) throws InterruptedException {
    JsonNode status = mirror.status();
    level = status != null && status.path("caughtUp").asBoolean();
    countTime(level ? "level" : status == null ? "no answer" : "not level");
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

  /** How it is now counts for the time since the last look. */
  private void countTime(String state) {
    long now = System.nanoTime();
    tally.count("milliseconds of the mirror", state, (now - lastLook) / 1_000_000);
    lastLook = now;
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.join();
    killSecond();
    kill();
    tally.count("mirrors", "killed", -1);
  }
}
